"""Reads the plainest bodies of `/predict` in a fraction of the time that validation takes.

msgspec decodes JSON right into typed objects. Whatever it refuses, and whatever more than types
decides about, is left to the schemas of `predict_schemas`, which find the words and the place: what
is taken here means the same there.
"""

from typing import Annotated

import msgspec

from service.http.quick_decoding import decode_quickly
from service.tasks.calculation.columns import Columns
from service.tasks.calculation.predict_schemas import locate_in_rows
from service.tasks.calculation.quick_rows import QuickRow


class QuickRows(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A request whose problems stand row by row; the members are those of `RowsRequest`."""

    instances: Annotated[list[QuickRow], msgspec.Meta(min_length=1)]
    exact: bool = False
    model: str | None = None
    version: Annotated[int, msgspec.Meta(ge=1, lt=10**9)] | None = None
    label: str | None = None

    @property
    def rows(self) -> int:
        """How many problems there are."""
        return len(self.instances)

    def read_columns(self) -> Columns:
        """Return the problems as columns."""
        rows = self.instances
        return Columns([row.a for row in rows], [row.op for row in rows], [row.b for row in rows])

    def locate(self, index: int, operand: str | None) -> str:
        """Return the path of one problem, or of a part of it."""
        return locate_in_rows(index, operand)


_decode = msgspec.json.Decoder(QuickRows).decode


def read_quickly(content: bytes, max_rows: int) -> QuickRows | None:
    """Return a body of plain rows; None where the slow way is to look at it."""
    read = decode_quickly(_decode, content)
    if read is None or read.rows > max_rows:
        return None
    if read.version is not None and read.label is not None:
        return None
    return read if _has_each_member_once(content, read) else None


def _has_each_member_once(content: bytes, read: QuickRows) -> bool:
    """Return whether a body surely has no member twice: each has a colon, as some signs do."""
    chosen = (read.model is not None) + (read.version is not None) + (read.label is not None)
    members = 1 + 3 * len(read.instances) + chosen + read.exact
    colons = content.count(b":")
    if colons == members:  # most often
        return True
    signs = sum(row.op == ":" for row in read.instances)
    return colons == members + signs and b"\\" not in content
