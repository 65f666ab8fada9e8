"""Asks for everything through what openapi-generator made for Python.

Takes the service's address and an administrator's key, and writes what it got as JSON.
"""

import json
import sys
from typing import Any

import openapi_client as made

MODEL = "arithmetic"
ROWS = [made.Row(a=4.93, op="+", b=4.02), made.Row(a=7.5, op="/", b=2)]


def predict_in_every_form(client: Any) -> list[Any]:
    """Return the predictions of rows, columns and expressions, and the errors of the last."""
    forms = [
        made.RowsRequest(instances=ROWS),
        made.ColumnsRequest(a=[1, 2, 3], op=made.OneSignOrMany("*"), b=[4, 5, 6]),
        made.ExpressionsRequest(expressions=["4.93 + 4.02", "6,3 ÷ -0,6"], exact=True),
    ]
    api = made.PredictApi(client)
    answers = [api.predict(made.PredictRequest(form)) for form in forms]
    return [*(answer.predictions for answer in answers), answers[-1].absolute_errors]


def evaluate_in_every_form(client: Any) -> list[int]:
    """Return how many problems were drawn, and how many sent."""
    forms = [
        made.SampledRequest(sample=made.Sample(n=100, operations=["+"], range=[-10, 10])),
        made.LabelledRequest(instances=ROWS, expected=[8.95, 3.75]),
    ]
    api = made.EvaluateApi(client)
    return [api.evaluate(made.EvaluateRequest(form)).overall.n for form in forms]


def list_outputs(answer: Any) -> list[Any]:
    """Return the elements of the tensors of an answer."""
    return [output.data.actual_instance for output in answer.outputs]


def refuse(ask: Any, *arguments: Any) -> Any:
    """Return the typed body of the error that comes."""
    try:
        ask(*arguments)
    except made.ApiException as error:
        return error.data.error
    raise AssertionError("expected an error")


def ask(url: str, key: str) -> dict[str, Any]:
    """Return what each operation answers."""
    client = made.ApiClient(made.Configuration(host=url))
    models, health = made.ModelsApi(client), made.HealthApi(client)
    protocol = made.OpenInferenceProtocolApi(client)
    admin = made.AdminApi(made.ApiClient(made.Configuration(host=url, api_key={"api_key": key})))
    tensors = made.InferenceRequest(
        inputs=[
            made.RequestInput(name="a", shape=[2], datatype="FP64", data=[4.93, 7.5]),
            made.RequestInput(name="op", shape=[2], datatype="BYTES", data=["+", "/"]),
            made.RequestInput(name="b", shape=[2], datatype="FP64", data=[4.02, 2]),
        ]
    )
    manifest, ready = models.get_manifest(MODEL, 1), health.check_ready()
    card = bytes(models.get_file(MODEL, 1, "MODEL_CARD.md"))
    target = made.LabelTarget(version=1)
    other = made.PredictRequest(made.ExpressionsRequest(expressions=["1 + 1"], model="other"))
    return {
        "predict": predict_in_every_form(client),
        "evaluate": evaluate_in_every_form(client),
        "list_models": [model.model for model in models.list_models().models],
        "get_model": models.get_model(MODEL).versions,
        "get_manifest": [manifest.family, manifest.signature.domains[3].poles[0].distance],
        "get_file": card.decode().splitlines()[0],
        "check_live": health.check_live().status,
        "check_ready": [ready.model, ready.version],
        "get_server_metadata": protocol.get_server_metadata().extensions,
        "check_server_live": protocol.check_server_live().live,
        "check_server_ready": protocol.check_server_ready().ready,
        "get_model_metadata": [i.name for i in protocol.get_model_metadata(MODEL).inputs],
        "get_version_metadata": protocol.get_version_metadata(MODEL, "1").versions,
        "check_model_ready": protocol.check_model_ready(MODEL).ready,
        "check_version_ready": protocol.check_version_ready(MODEL, "1").ready,
        "infer": list_outputs(protocol.infer(MODEL, tensors)),
        "infer_with_version": list_outputs(protocol.infer_with_version(MODEL, "1", tensors)),
        "get_metrics": "tabuada_requests_total" in made.MetricsApi(client).get_metrics(),
        "get_loaded_models": [model.model for model in admin.get_loaded_models().models],
        "refresh_models": [model.model for model in admin.refresh_models().models],
        "move_label": [m.model for m in admin.move_label(MODEL, "candidate", target).models],
        "remove_label": [m.model for m in admin.remove_label(MODEL, "candidate").models],
        "refused": [
            refuse(made.PredictApi(client).predict, other).code,
            refuse(protocol.infer, "other", tensors),
        ],
    }


if __name__ == "__main__":
    json.dump(ask(*sys.argv[1:]), sys.stdout)
