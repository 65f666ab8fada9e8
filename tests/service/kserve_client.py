"""Asks a service as KServe's own client does; run by an interpreter that has `kserve`.

Reads `{"url": ..., "rows": [[a, op, b], ...]}` from standard input and writes what it got to
standard output, so that the test which starts it needs none of that client's packages.
"""

import asyncio
import itertools
import json
import sys
from typing import Any

import httpx
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig
from kserve.protocol.infer_type import RequestedOutput

MODELS = ("mlp", "mlp/versions/3", "arithmetic")


def make_request(rows: list[list[Any]], binary: bool, **options: Any) -> Any:
    """Return a request whose tensors come as JSON or as binary data."""
    a, op, b = zip(*rows, strict=True)
    columns = {
        "a": ("FP64", np.array(a, np.float64)),
        "op": ("BYTES", np.array(op, np.object_)),
        "b": ("FP64", np.array(b, np.float64)),
    }
    tensors = []
    for name, (datatype, values) in columns.items():
        tensor = InferInput(name, list(values.shape), datatype)
        tensor.set_data_from_numpy(values, binary_data=binary)
        tensors.append(tensor)
    return InferRequest("mlp", tensors, request_id="7", **options)


def describe(response: Any) -> dict[str, Any]:
    """Return an answer as plain JSON."""
    outputs = {output.name: output.as_numpy().tolist() for output in response.outputs}
    return {"id": response.id, "model": response.model_name, **outputs}


async def ask(url: str, rows: list[list[Any]]) -> dict[str, Any]:
    """Ask everything that this client can ask."""
    config = RESTConfig(protocol="v2", retries=0, timeout=60)
    async with InferenceRESTClient(config) as client:
        one = [RequestedOutput("prediction", {"binary_data": True})]
        asking = make_request(rows, binary=True, request_outputs=one)
        return {
            "live": await client.is_server_live(url),
            "ready": await client.is_server_ready(url),
            "models": {name: await client.is_model_ready(url, name) for name in (*MODELS, "nope")},
            "answers": {
                model: await ask_in_every_way(client, url, model, rows) for model in MODELS
            },
            "one output": describe(await client.infer(url, asking, model_name="mlp")),
            "refusals": [
                await refuse(client, url, make_request([[1, "/", 0]], binary=True), "mlp"),
                await refuse(client, url, make_request(rows, binary=False), "nope"),
            ],
        }


async def ask_in_every_way(
    client: Any, url: str, model: str, rows: list[list[Any]]
) -> dict[str, Any]:
    """Return the answers to the same problems, by how they go there and how they come back."""
    answers = {}
    for there, back in itertools.product(("json", "binary"), repeat=2):
        parameters = {"binary_data_output": back == "binary"}
        request = make_request(rows, there == "binary", parameters=parameters)
        answers[f"{there}, {back}"] = describe(await client.infer(url, request, model_name=model))
    return answers


async def refuse(client: Any, url: str, request: Any, model: str) -> list[Any]:
    """Return the status and the message of an answer that is an error."""
    try:
        await client.infer(url, request, model_name=model)
    except httpx.HTTPStatusError as error:
        return [error.response.status_code, str(error)]
    return [200, ""]


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(asyncio.run(ask(asked["url"], asked["rows"])), sys.stdout)
