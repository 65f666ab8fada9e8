"""Decodes rows of JSON right into typed objects, in a fraction of the time of validation."""

from typing import Annotated

import msgspec

Sign = Annotated[str, msgspec.Meta(min_length=1, max_length=8)]


class QuickRow(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """One problem; the members are those of `predict_schemas.Row`."""

    a: float
    op: Sign
    b: float


decode_rows = msgspec.json.Decoder(list[QuickRow]).decode
"""Takes a list of rows, and means what validation means wherever it takes one."""
