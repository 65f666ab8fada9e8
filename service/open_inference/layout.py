"""Which tensors a request has and which it wants, settled before any is read."""

from dataclasses import dataclass

import numpy as np

from service.errors import BadField, TooManyRows
from service.http.limit_schemas import MAX_ID_CHARACTERS
from service.open_inference.nesting import flatten
from service.open_inference.schemas import InferenceRequest, RequestInput
from service.open_inference.tensors import NUMBERS, Tensor
from service.tasks.calculation.columns import Columns, RepeatedSigns
from service.wording import shorten
from tabuada.showing import count

_INPUTS = ("a", "op", "b")
OUTPUTS = ("prediction", "out_of_domain")


@dataclass(frozen=True, slots=True)
class Layout:
    """The tensors of one request.

    Attributes:
        a: First operands, n of them.
        op: Signs, n or one.
        b: Second operands, n.
        outputs: The outputs that are wanted, and whether each is to be binary.
        request_id: Comes back as it is.
    """

    a: Tensor
    op: Tensor
    b: Tensor
    outputs: dict[str, bool]
    request_id: str | None

    @property
    def rows(self) -> int:
        """How many problems there are."""
        return self.a.rows

    def read_columns(self) -> Columns:
        """Return the problems.

        Raises:
            BadField: An element breaks its rule.
        """
        signs = self.op.read_signs()
        if self.op.rows != self.rows:
            signs = RepeatedSigns(signs.distinct, np.zeros(self.rows, np.intp))
        return Columns(self.a.read_numbers(), signs, self.b.read_numbers())

    def locate(self, index: int, operand: str | None) -> str:
        """Return the path of an element at fault; without an operand, that of the first one."""
        tensor = {"op": self.op, "b": self.b}.get(operand or "a", self.a)
        return f"{tensor.place}[{index}]"


def lay_out(
    request: InferenceRequest, binary: memoryview, max_json_rows: int, max_binary_rows: int
) -> Layout:
    """Find the tensors of a request; their elements are not looked at yet.

    Args:
        request: What the JSON says.
        binary: What follows it: raw tensors in the order of the inputs.
        max_json_rows: How many rows may stand in JSON, in either direction.
        max_binary_rows: How many rows may stand in binary data.

    Raises:
        BadField: A tensor is missing, unknown, named twice, or of the wrong datatype or shape.
        TooManyRows: A tensor has too many elements.
    """
    _check_id(request.id)
    tensors = _find_inputs(request.inputs, binary)
    for tensor in tensors.values():
        tensor.check_rows(max_json_rows, max_binary_rows)
    layout = Layout(**tensors, outputs=_find_outputs(request), request_id=request.id)
    _check_lengths(layout)
    if layout.rows > max_json_rows and not all(layout.outputs.values()):
        raise TooManyRows(
            f"expected at most {count(max_json_rows, 'row')} of answers in JSON. "
            f"Received: {layout.rows}. Ask for binary data with parameters.binary_data_output",
            field="outputs",
        )
    return layout


def _check_id(request_id: str | None) -> None:
    """Refuse an id that is a text of its own: it comes back with the answer."""
    if request_id is not None and len(request_id) > MAX_ID_CHARACTERS:
        raise BadField(
            f"expected an id of at most {MAX_ID_CHARACTERS} characters. "
            f"Received: {len(request_id)}. Shorten it",
            field="id",
        )


def _find_inputs(inputs: list[RequestInput], binary: memoryview) -> dict[str, Tensor]:
    names = [tensor.name for tensor in inputs]
    if sorted(names) != sorted(_INPUTS):
        received = ", ".join(map(shorten, names[: len(_INPUTS) + 1]))
        raise BadField(
            f"expected the inputs {', '.join(_INPUTS)}, each once. Received: {received}. "
            "Send these three",
            field="inputs",
        )
    sizes = [_check_source(tensor, f"inputs[{i}]") for i, tensor in enumerate(inputs)]
    if sum(sizes) != len(binary):
        raise BadField(
            f"expected {count(sum(sizes), 'byte')} after the JSON, the sum of all "
            f"binary_data_size. Received: {len(binary)}. The header "
            "Inference-Header-Content-Length says how many bytes the JSON has",
            field="inputs",
        )
    tensors, start = {}, 0
    for index, (described, size) in enumerate(zip(inputs, sizes, strict=True)):
        place = f"inputs[{index}]"
        _check_datatype(described, place)
        binary_part = binary[start : start + size]
        start += size
        tensors[described.name] = Tensor(
            datatype=described.datatype,
            rows=_read_rows(described, place),
            content=binary_part if described.data is None else flatten(described.data),
            place=f"{place}.data",
        )
    return tensors


def _check_source(described: RequestInput, place: str) -> int:
    """Return how many bytes of binary data a tensor has."""
    size = described.parameters.binary_data_size if described.parameters else None
    if (size is None) == (described.data is None):
        raise BadField(
            "expected either data or parameters.binary_data_size. "
            f"Received: {'neither' if size is None else 'both'}. Send one of them",
            field=place,
        )
    return size or 0


def _check_datatype(described: RequestInput, place: str) -> None:
    allowed = ("BYTES",) if described.name == "op" else tuple(NUMBERS)
    if described.datatype not in allowed:
        raise BadField(
            f"expected {' or '.join(allowed)} for {described.name}. "
            f"Received: {shorten(described.datatype)}. Choose one of these",
            field=f"{place}.datatype",
        )


def _read_rows(described: RequestInput, place: str) -> int:
    rows, *columns = described.shape
    if rows < 1 or columns not in ([], [1]):
        raise BadField(
            f"expected [n] or [n, 1] with n of 1 or more. Received: {shorten(described.shape)}. "
            "Send one problem a row",
            field=f"{place}.shape",
        )
    return rows


def _check_lengths(layout: Layout) -> None:
    rows = layout.a.rows
    if layout.b.rows != rows or layout.op.rows not in (1, rows):
        raise BadField(
            "expected as many rows of b as of a, and of op as many or one. Received: "
            f"a with {rows}, op with {layout.op.rows}, b with {layout.b.rows}. "
            "Send as many of each",
            field="inputs",
        )


def _find_outputs(request: InferenceRequest) -> dict[str, bool]:
    """Return the wanted outputs in the order of the request, and whether each is to be binary."""
    default = bool(request.parameters and request.parameters.binary_data_output)
    if not request.outputs:
        return dict.fromkeys(OUTPUTS, default)
    outputs: dict[str, bool] = {}
    for index, wanted in enumerate(request.outputs):
        if wanted.name not in OUTPUTS or wanted.name in outputs:
            raise BadField(
                f"expected {' or '.join(OUTPUTS)}, each at most once. "
                f"Received: {shorten(wanted.name)}. Ask for one of these",
                field=f"outputs[{index}].name",
            )
        chosen = wanted.parameters.binary_data if wanted.parameters else None
        outputs[wanted.name] = default if chosen is None else chosen
    return outputs
