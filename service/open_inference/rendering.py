"""Renders answers as tensors of the Open Inference Protocol. Knows nothing of HTTP."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.open_inference.layout import Layout
from service.open_inference.schemas import BinarySize, InferenceResponse, ResponseOutput
from service.tasks.calculation.answer import Answer
from tabuada.manifests.manifest import Manifest


def render_tensors(
    manifest: Manifest, layout: Layout, request_id: str | None, answer: Answer
) -> tuple[bytes, list[memoryview]]:
    """Return an answer as the wanted outputs.

    Args:
        manifest: Of the version that answered.
        layout: Which outputs are wanted in which form.
        request_id: Comes back as it is.
        answer: What it answered.

    Returns:
        The JSON of the answer, and the binary outputs that follow it, in order.
    """
    outputs, binary = [], []
    for name, is_binary in layout.outputs.items():
        datatype, column = _build_column(name, answer)
        output = ResponseOutput.model_construct(name=name, datatype=datatype, shape=[len(column)])
        if is_binary:
            output.parameters = BinarySize(binary_data_size=column.nbytes)
            binary.append(column.data)
        else:
            output.data = column.tolist()
        outputs.append(output)
    response = InferenceResponse.model_construct(  # every number in it was checked
        model_name=manifest.model,
        model_version=str(manifest.version),
        id=request_id,
        outputs=outputs,
    )
    return response.model_dump_json(exclude_none=True).encode(), binary


def _build_column(name: str, answer: Answer) -> tuple[str, NDArray[Any]]:
    """Return an output with its datatype; little-endian, as binary data has it."""
    if name == "prediction":
        return "FP64", np.asarray(answer.predictions, "<f8")
    outside = np.zeros(len(answer.predictions), np.bool_)
    outside[np.asarray(answer.outside, np.intp)] = True
    return "BOOL", outside
