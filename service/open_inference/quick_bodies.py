"""Reads the plainest requests of the protocol in a fraction of the time that validation takes.

All tensors in JSON, flat, of FP64 and BYTES, without parameters, and no members that the protocol
does not know: what is skipped is not made sure to be UTF-8. Whatever msgspec refuses, and whatever
else a request may say, is left to `schemas` and `layout`, which find the words and the place: what
is taken here means the same there.
"""

from typing import Annotated, Literal

import msgspec

from service.http.limit_schemas import MAX_ID_CHARACTERS
from service.http.quick_decoding import decode_quickly
from service.open_inference.layout import OUTPUTS
from service.tasks.calculation.columns import Columns

_Name = Literal["a", "op", "b"]
_Size = Annotated[int, msgspec.Meta(ge=1)]
_Element = float | Annotated[str, msgspec.Meta(min_length=1, max_length=8)]
_DATATYPES = {"a": ("FP64", float), "op": ("BYTES", str), "b": ("FP64", float)}


class _Input(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    name: _Name
    shape: Annotated[list[_Size], msgspec.Meta(min_length=1, max_length=2)]
    datatype: Literal["FP64", "BYTES"]
    data: list[_Element]
    parameters: None = None


class _Output(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    name: Literal["prediction", "out_of_domain"]
    parameters: None = None


class _Request(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    inputs: Annotated[list[_Input], msgspec.Meta(min_length=3, max_length=3)]
    id: Annotated[str, msgspec.Meta(max_length=MAX_ID_CHARACTERS)] | None = None
    outputs: Annotated[list[_Output], msgspec.Meta(max_length=2)] | None = None
    parameters: None = None


class QuickLayout(msgspec.Struct, gc=False):
    """The tensors of a plain request; the members are those of `Layout`."""

    rows: int
    columns: Columns
    places: dict[str, str]
    outputs: dict[str, bool]
    request_id: str | None

    def read_columns(self) -> Columns:
        """Return the problems."""
        return self.columns

    def locate(self, index: int, operand: str | None) -> str:
        """Return the path of an element at fault; without an operand, that of the first one."""
        return f"{self.places[operand or 'a']}[{index}]"


_decode = msgspec.json.Decoder(_Request).decode


def _has_each_member_once(content: bytes, request: _Request) -> bool:
    """Return whether a body surely has no member twice: each has a colon, as some signs do."""
    outputs = 0 if request.outputs is None else 1 + len(request.outputs)
    members = 1 + 4 * len(request.inputs) + (request.id is not None) + outputs
    colons = content.count(b":")
    if colons == members:  # most often
        return True
    signs = sum(tensor.data.count(":") for tensor in request.inputs)
    return colons == members + signs and b"\\" not in content


def read_quickly(content: bytes, max_rows: int) -> QuickLayout | None:
    """Return the tensors of a plain request; None where the slow way is to look at it."""
    request = decode_quickly(_decode, content)
    if request is None or not _has_each_member_once(content, request):
        return None
    found = {tensor.name: tensor for tensor in request.inputs}
    if len(found) != len(_DATATYPES):
        return None
    rows = found["a"].shape[0]
    for name, tensor in found.items():
        datatype, kind = _DATATYPES[name]
        if tensor.datatype != datatype or tensor.shape not in ([rows], [rows, 1]):
            return None
        if len(tensor.data) != rows or not all(type(element) is kind for element in tensor.data):
            return None
    outputs = [output.name for output in request.outputs or ()] or OUTPUTS
    if rows > max_rows or len(set(outputs)) != len(outputs):
        return None
    return QuickLayout(
        rows,
        Columns(found["a"].data, found["op"].data, found["b"].data),  # type: ignore[arg-type]
        {tensor.name: f"inputs[{i}].data" for i, tensor in enumerate(request.inputs)},
        dict.fromkeys(outputs, False),
        request.id,
    )
