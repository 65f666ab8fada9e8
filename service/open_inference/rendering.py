"""Renders answers as tensors of the Open Inference Protocol. Knows nothing of HTTP."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json

from service.tasks.calculation.answer import Answer
from tabuada.manifests.manifest import Manifest

_DATATYPES = {"prediction": "FP64", "out_of_domain": "BOOL"}


def render_tensors(
    manifest: Manifest, wanted: Mapping[str, bool], request_id: str | None, answer: Answer
) -> tuple[bytes, list[memoryview]]:
    """Return an answer as the wanted outputs; `schemas.InferenceResponse` describes the JSON.

    Args:
        manifest: Of the version that answered.
        wanted: Outputs by name, and whether each is to be binary.
        request_id: Comes back as it is.
        answer: What it answered.

    Returns:
        The JSON of the answer, and the binary outputs that follow it, in order.
    """
    outputs, binary = [], []
    shape = [len(answer.predictions)]
    for name, is_binary in wanted.items():
        output: dict[str, Any] = {"name": name, "datatype": _DATATYPES[name], "shape": shape}
        if is_binary:
            column = _build_column(name, answer)
            output["parameters"] = {"binary_data_size": column.nbytes}
            binary.append(column.data)
        else:
            output["data"] = _list_column(name, answer)
        outputs.append(output)
    response: dict[str, Any] = {
        "model_name": manifest.model,
        "model_version": str(manifest.version),
    }
    if request_id is not None:
        response["id"] = request_id
    return to_json({**response, "outputs": outputs}), binary


def _list_column(name: str, answer: Answer) -> list[float] | list[bool]:
    if name == "prediction" and isinstance(answer.predictions, list):
        return answer.predictions
    if name == "out_of_domain" and not len(answer.outside):
        return [False] * len(answer.predictions)
    listed: list[float] = _build_column(name, answer).tolist()
    return listed


def _build_column(name: str, answer: Answer) -> NDArray[Any]:
    """Return the elements of an output; little-endian, as binary data has them."""
    if name == "prediction":
        return np.asarray(answer.predictions, "<f8")
    outside = np.zeros(len(answer.predictions), np.bool_)
    outside[np.asarray(answer.outside, np.intp)] = True
    return outside
