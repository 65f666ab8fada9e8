"""Operands and signs, as `/predict` and `/evaluate` read them."""

from typing import Annotated, Any

from pydantic import (
    Discriminator,
    Field,
    FiniteFloat,
    Tag,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from service.description.patterns import write_pattern
from service.http.long_lists import LongList
from service.tasks.calculation.packed_rows import pack_numbers
from tabuada.arithmetic.operations import KNOWN

_SIGNS = [sign for known in KNOWN for sign in known.signs]
_SYMBOLS = " ".join(f"`{known.symbol}`" for known in KNOWN)
_ALIASES = ", ".join(
    f"{' '.join(f'`{sign}`' for sign in known.aliases)} for `{known.symbol}`"
    for known in KNOWN
    if known.aliases
)
# Described as a pattern, and read as a text: an unknown sign gets an error of its own. As an enum
# it would be one in generated clients, whose names for such values change with each new sign, and
# differ for `x` and `X` in nothing.
Sign = Annotated[
    str,
    Field(
        min_length=1,
        max_length=8,
        description=f"Sign of the operation: {_SYMBOLS}, or {_ALIASES}.",
        json_schema_extra={"pattern": write_pattern(_SIGNS), "examples": ["+"]},
    ),
]


def _read_numbers(numbers: Any, read: ValidatorFunctionWrapHandler) -> Any:
    return pack_numbers(numbers, read) if isinstance(numbers, LongList) else read(numbers)


def read_texts(texts: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Read a list of texts, however long it is."""
    return texts.read(read) if isinstance(texts, LongList) else read(texts)


# Stopping at the first bad row keeps a hostile body from producing millions of errors.
Numbers = Annotated[
    list[FiniteFloat], Field(fail_fast=True, min_length=1), WrapValidator(_read_numbers)
]
Signs = Annotated[list[Sign], Field(fail_fast=True, min_length=1), WrapValidator(read_texts)]
SignOrSigns = Annotated[
    Annotated[Sign, Tag("sign")] | Annotated[Signs, Tag("signs")],
    Discriminator(lambda op: "signs" if isinstance(op, list | LongList) else "sign"),
    Field(
        title="OneSignOrMany",
        description="The sign of each problem, or one that stands for all.",
    ),
]
