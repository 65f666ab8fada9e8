"""Asks for everything through what openapi-python-client generated.

Takes the service's address and an administrator's key, and writes what it got as JSON.
"""

import json
import sys
from typing import Any

from tabuada_client import AuthenticatedClient, Client
from tabuada_client.api.admin import get_loaded_models, move_label, refresh_models, remove_label
from tabuada_client.api.evaluate import evaluate
from tabuada_client.api.health import check_live, check_ready
from tabuada_client.api.metrics import get_metrics
from tabuada_client.api.models import get_file, get_manifest, get_model, list_models
from tabuada_client.api.open_inference_protocol import (
    check_model_ready,
    check_server_live,
    check_server_ready,
    check_version_ready,
    get_model_metadata,
    get_server_metadata,
    get_version_metadata,
    infer,
    infer_with_version,
)
from tabuada_client.api.predict import predict
from tabuada_client.models import (
    ColumnsRequest,
    ErrorBody,
    ExpressionsRequest,
    InferenceRequest,
    LabelledRequest,
    LabelTarget,
    PredictResponse,
    ProtocolErrorBody,
    RequestInput,
    Row,
    RowsRequest,
    Sample,
    SampledRequest,
)

MODEL = "arithmetic"


def predict_in_every_form(client: Client) -> list[Any]:
    """Return the predictions of rows, columns and expressions, and the errors of the last."""
    rows = RowsRequest(instances=[Row(a=4.93, op="+", b=4.02), Row(a=7.5, op="/", b=2)])
    columns = ColumnsRequest(a=[1, 2, 3], op="*", b=[4, 5, 6])
    expressions = ExpressionsRequest(expressions=["4.93 + 4.02", "6,3 ÷ -0,6"], exact=True)
    answers = [predict.sync(client=client, body=body) for body in (rows, columns, expressions)]
    assert all(isinstance(answer, PredictResponse) for answer in answers), answers
    return [*(answer.predictions for answer in answers), answers[-1].absolute_errors]


def evaluate_in_every_form(client: Client) -> list[int]:
    """Return how many problems were drawn, and how many sent."""
    sampled = SampledRequest(sample=Sample(n=100, operations=["+"], range_=[-10, 10]))
    labelled = LabelledRequest(
        instances=[Row(a=4.93, op="+", b=4.02), Row(a=7.5, op="/", b=2)], expected=[8.95, 3.75]
    )
    answers = [evaluate.sync(client=client, body=body) for body in (sampled, labelled)]
    return [answer.overall.n for answer in answers]


def list_outputs(answer: Any) -> list[Any]:
    """Return the elements of the tensors of an answer."""
    return [output.data for output in answer.outputs]


def ask(url: str, key: str) -> dict[str, Any]:
    """Return what each operation answers."""
    client = Client(base_url=url, raise_on_unexpected_status=True)
    admin = AuthenticatedClient(base_url=url, token=key)
    tensors = InferenceRequest(
        inputs=[
            RequestInput(name="a", shape=[2], datatype="FP64", data=[4.93, 7.5]),
            RequestInput(name="op", shape=[2], datatype="BYTES", data=["+", "/"]),
            RequestInput(name="b", shape=[2], datatype="FP64", data=[4.02, 2]),
        ]
    )
    manifest = get_manifest.sync(MODEL, 1, client=client)
    ready = check_ready.sync(client=client)
    card = get_file.sync(MODEL, 1, "MODEL_CARD.md", client=client)
    label = {"model": MODEL, "label": "candidate", "client": admin}
    refused = predict.sync(client=client, body=ExpressionsRequest(["1 + 1"], model="other"))
    assert isinstance(refused, ErrorBody)
    refused_tensors = infer.sync("other", client=client, body=tensors)
    assert isinstance(refused_tensors, ProtocolErrorBody)
    return {
        "predict": predict_in_every_form(client),
        "evaluate": evaluate_in_every_form(client),
        "list_models": [model.model for model in list_models.sync(client=client).models],
        "get_model": get_model.sync(MODEL, client=client).versions,
        "get_manifest": [manifest.family, manifest.signature.domains[3].poles[0].distance],
        "get_file": card.payload.read().decode().splitlines()[0],
        "check_live": check_live.sync(client=client).status,
        "check_ready": [ready.model, ready.version],
        "get_server_metadata": get_server_metadata.sync(client=client).extensions,
        "check_server_live": check_server_live.sync(client=client).live,
        "check_server_ready": check_server_ready.sync(client=client).ready,
        "get_model_metadata": [
            i.name for i in get_model_metadata.sync(MODEL, client=client).inputs
        ],
        "get_version_metadata": get_version_metadata.sync(MODEL, "1", client=client).versions,
        "check_model_ready": check_model_ready.sync(MODEL, client=client).ready,
        "check_version_ready": check_version_ready.sync(MODEL, "1", client=client).ready,
        "infer": list_outputs(infer.sync(MODEL, client=client, body=tensors)),
        "infer_with_version": list_outputs(
            infer_with_version.sync(MODEL, "1", client=client, body=tensors)
        ),
        "get_metrics": "tabuada_requests_total" in get_metrics.sync(client=client),
        "get_loaded_models": [m.model for m in get_loaded_models.sync(client=admin).models],
        "refresh_models": [m.model for m in refresh_models.sync(client=admin).models],
        "move_label": [m.model for m in move_label.sync(**label, body=LabelTarget(1)).models],
        "remove_label": [m.model for m in remove_label.sync(**label).models],
        "refused": [refused.error.code, refused_tensors.error],
    }


if __name__ == "__main__":
    json.dump(ask(*sys.argv[1:]), sys.stdout)
