"""Answers tensors with a loaded version: tensors, problems, predictions, tensors.

Knows nothing of HTTP.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.errors import RefusedProblem
from service.metrics import Metrics
from service.predictions.predictor import Predictor
from service.predictions.tensor_layout import Layout
from service.predictions.tensors import Signs
from service.schemas.infer import BinarySize, InferenceResponse, ResponseOutput
from tabuada.arithmetic.operations import Floats, Indices, OperationSet
from tabuada.arithmetic.problems import Problems
from tabuada.errors import ProblemError, UnknownOperation

_Columns = dict[str, tuple[str, NDArray[Any]]]  # by name: datatype and elements


def infer(
    predictor: Predictor, layout: Layout, request_id: str | None, metrics: Metrics
) -> tuple[InferenceResponse, list[memoryview]]:
    """Answer the problems that stand in tensors.

    Args:
        predictor: The version that answers.
        layout: The tensors, and which outputs are wanted in which form.
        request_id: Comes back as it is.
        metrics: Told of the answer.

    Returns:
        The JSON of the answer, and the binary outputs that follow it, in order.

    Raises:
        BadField: An element breaks its rule.
        RefusedProblem: A problem cannot be read or answered.
    """
    try:
        problems = _pose(predictor, layout)
        predictions = predictor.predict_observed(problems)
    except ProblemError as error:
        raise RefusedProblem(error, _locate(layout, error)) from error
    columns = _build_columns(predictor, problems, predictions, metrics)
    return _lay_out_answer(predictor, layout, request_id, columns)


async def infer_soon(
    predictor: Predictor, layout: Layout, request_id: str | None, metrics: Metrics
) -> tuple[InferenceResponse, list[memoryview]]:
    """Answer as `infer` does, together with other requests.

    Raises:
        BadField: An element breaks its rule.
        RefusedProblem: A problem cannot be read or answered.
        Overloaded: Too many rows wait for their turn already.
    """
    try:
        problems = _pose(predictor, layout)
        predictions = await predictor.predict_soon(problems)
    except ProblemError as error:
        raise RefusedProblem(error, _locate(layout, error)) from error
    columns = _build_columns(predictor, problems, predictions, metrics)
    return _lay_out_answer(predictor, layout, request_id, columns)


def _lay_out_answer(
    predictor: Predictor, layout: Layout, request_id: str | None, columns: _Columns
) -> tuple[InferenceResponse, list[memoryview]]:
    outputs, binary = [], []
    for name, is_binary in layout.outputs.items():
        datatype, column = columns[name]
        output = ResponseOutput.model_construct(name=name, datatype=datatype, shape=[len(column)])
        if is_binary:
            output.parameters = BinarySize(binary_data_size=column.nbytes)
            binary.append(column.data)
        else:
            output.data = column.tolist()
        outputs.append(output)
    response = InferenceResponse.model_construct(  # every number in it was checked
        model_name=predictor.manifest.model,
        model_version=str(predictor.manifest.version),
        id=request_id,
        outputs=outputs,
    )
    return response, binary


def _pose(predictor: Predictor, layout: Layout) -> Problems:
    op = _encode(layout.op.read_signs(), predictor.operations)
    if len(op) != layout.rows:
        op = np.repeat(op, layout.rows)
    return Problems(predictor.operations, layout.a.read_numbers(), op, layout.b.read_numbers())


def _build_columns(
    predictor: Predictor, problems: Problems, predictions: Floats, metrics: Metrics
) -> _Columns:
    """Return every output with its datatype; little-endian, as binary data has it."""
    rows = predictor.find_out_of_domain(problems)
    outside = np.zeros(len(problems), np.bool_)
    outside[rows] = True
    manifest = predictor.manifest
    metrics.observe_answer(manifest.model, manifest.version, len(problems), len(rows))
    return {
        "prediction": ("FP64", predictions.astype("<f8", copy=False)),
        "out_of_domain": ("BOOL", outside),
    }


def _encode(signs: Signs, operations: OperationSet) -> Indices:
    """Return the positions of n signs, looking each different one up once."""
    try:
        positions = operations.encode(signs.distinct)
    except UnknownOperation as error:
        error.index = int((signs.rows == error.index).argmax())  # of the distinct, now of all
        raise
    return positions[signs.rows]


def _locate(layout: Layout, error: ProblemError) -> str | None:
    """Return the path of the element at fault; without an operand, that of the first one."""
    if error.index is None:
        return None
    tensor = {"op": layout.op, "b": layout.b}.get(error.operand or "a", layout.a)
    return f"{tensor.place}[{error.index}]"
