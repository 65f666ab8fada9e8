"""What `/predict` reads and answers."""

from collections.abc import Sequence
from functools import partial
from typing import (
    Annotated,
    Any,
    NotRequired,
    Self,
)

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    FiniteFloat,
    Tag,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

from service.http.body_schemas import STRICT
from service.http.long_lists import LongList, LongLists
from service.http.number_literals import MAX_TOLD
from service.tasks.calculation.columns import Columns
from service.tasks.calculation.operand_schemas import Numbers, Sign, SignOrSigns, read_texts
from service.tasks.calculation.packed_rows import PackedRows, pack_rows
from tabuada.arithmetic.expressions import describe_reading, parse_expressions
from tabuada.showing import show


class Row(TypedDict):  # a typed dict costs half of what a model does
    """One problem."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    a: Annotated[FiniteFloat, Field(description="First operand.")]
    op: Sign
    b: Annotated[FiniteFloat, Field(description="Second operand.")]


class _OpenRow(Row):
    """The same, not looked at for members that do not belong: half of what validating costs."""

    __pydantic_config__ = ConfigDict(strict=True)  # type: ignore[misc]


_read_open_rows = TypeAdapter(list[_OpenRow]).validator.validate_python
_MEMBERS = {3}


def _read_rows(rows: Any, read_one_by_one: ValidatorFunctionWrapHandler) -> Any:
    """Validate rows that have three members each the quick way, and others the exact way."""
    if isinstance(rows, LongList):
        return pack_rows(rows, partial(_read_rows, read_one_by_one=read_one_by_one))
    try:
        if len(rows) > 8 and set(map(len, rows)) == _MEMBERS:
            return _read_open_rows(rows)
    except (TypeError, ValidationError):
        pass  # the exact way finds the words
    return read_one_by_one(rows)


Rows = Annotated[
    list[Row],
    Field(fail_fast=True, min_length=1, description="Problems, row by row."),
    WrapValidator(_read_rows),
]


class ModelChoice(BaseModel):
    """Which version is to answer."""

    model_config = STRICT

    model: str | None = Field(
        None,
        description="Name of the model that is to answer; where left out, the default one.",
    )
    version: Annotated[int, Field(ge=1, lt=10**9)] | None = Field(
        None,
        description="Number of the version that is to answer; where left out, the default one.",
    )
    label: str | None = Field(
        None, description="The version that this label points to, instead of `version`."
    )

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if self.version is not None and self.label is not None:
            raise ValueError(
                "expected a version or a label, not both. Received: "
                f"version {self.version} and label {show(self.label)}. Leave one of them out"
            )
        return self


class PredictOptions(ModelChoice):
    """What every form of a prediction request may say."""

    exact: bool = Field(
        False, description="Whether to answer exact values and absolute errors too; else not."
    )


class RowsRequest(PredictOptions):
    """Problems row by row."""

    instances: Rows

    @property
    def rows(self) -> int:
        """How many problems there are."""
        return len(self.instances)

    def read_columns(self) -> Columns:
        """Return `(a, signs, b)`, three sequences of length n."""
        return read_rows(self.instances)

    def locate(self, index: int, operand: str | None) -> str:
        """Return the path of one problem, or of a part of it."""
        return locate_in_rows(index, operand)


class ColumnsRequest(PredictOptions):
    """Problems column by column; one operation may stand for all."""

    a: Numbers = Field(description="First operands.")
    op: SignOrSigns
    b: Numbers = Field(description="Second operands, as many.")

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        lengths = {"a": len(self.a), "b": len(self.b)}
        if isinstance(self.op, list):
            lengths["op"] = len(self.op)
        if len(set(lengths.values())) > 1:
            received = ", ".join(f"{name} with {n}" for name, n in lengths.items())
            raise ValueError(
                f"expected columns of one length. Received: {received}. Send as many of each"
            )
        return self

    @property
    def rows(self) -> int:
        """How many problems there are."""
        return len(self.a)

    def read_columns(self) -> Columns:
        """Return `(a, signs, b)`, three sequences of length n."""
        signs = [self.op] * len(self.a) if isinstance(self.op, str) else self.op
        return Columns(self.a, signs, self.b)

    def locate(self, index: int, operand: str | None) -> str:
        """Return the path of one problem's operand; without one, that of its first operand."""
        if operand == "op" and isinstance(self.op, str):
            return "op"
        return f"{operand or 'a'}[{index}]"


class ExpressionsRequest(PredictOptions):
    """Problems as people type them."""

    expressions: Annotated[
        list[str],
        Field(
            fail_fast=True,
            min_length=1,
            description="Problems, each as `4.93 + 4.02` or `6,3 ÷ -0,6`.",
        ),
        WrapValidator(read_texts),
    ]

    @property
    def rows(self) -> int:
        """How many problems there are."""
        return len(self.expressions)

    def read_columns(self) -> Columns:
        """Return `(a, signs, b)`, three sequences of length n.

        Raises:
            MalformedExpression: One cannot be read; `index` says which.
        """
        return Columns(*parse_expressions(self.expressions))

    def describe_readings(self) -> dict[str, str]:
        """Return how expressions were read that may have been meant otherwise, by their places."""
        readings = ((i, describe_reading(text)) for i, text in enumerate(self.expressions))
        return {self.locate(i, None): reading for i, reading in readings if reading is not None}

    def locate(self, index: int, operand: str | None) -> str:  # noqa: ARG002 -- as the others
        """Return the path of one expression."""
        return f"expressions[{index}]"


LONG = LongLists(frozenset((name,) for name in ("instances", "a", "op", "b", "expressions")))
"""Where a request may have thousands of elements."""

FORMS = {"rows": {"instances"}, "columns": {"a", "op", "b"}, "expressions": {"expressions"}}


def find_form(body: Any) -> str | None:
    """Return which of the three request forms a body has, None where it is none or several."""
    keys = set(body) if isinstance(body, dict) else set()
    found = [form for form, members in FORMS.items() if keys & members]
    return found[0] if len(found) == 1 else None


PredictRequest = Annotated[
    Annotated[RowsRequest, Tag("rows")]
    | Annotated[ColumnsRequest, Tag("columns")]
    | Annotated[ExpressionsRequest, Tag("expressions")],
    Discriminator(
        find_form,
        custom_error_type="request_form",
        custom_error_message=(
            "expected one of three forms: `instances`, or `a`, `op` and `b`, or `expressions`"
        ),
    ),
]


ReadAs = Annotated[
    dict[str, float | str],
    Field(
        description="What was read where that may not be what was meant, by place: numbers that "
        "float64 cannot hold as they were written, such as 9007199254740993, and expressions with "
        "a separator before three digits, such as `1,234 + 1`, which is read as 1.234 + 1. Of "
        "decimals with up to 17 digits, as libraries write what float64 holds, only where `exact` "
        f"is asked for; of numbers, the first {MAX_TOLD}. Absent where there is none."
    ),
]


class PredictResponse(TypedDict):
    """The answers, in the order of the problems."""

    model: Annotated[str, Field(description="The model that answered.")]
    version: Annotated[int, Field(description="Its version that answered.")]
    predictions: Annotated[
        list[FiniteFloat], Field(description="What the network answers, in the problems' order.")
    ]
    out_of_domain: Annotated[
        list[int],
        Field(
            description=(
                "Positions, from 0, of problems outside of what the network was trained on; they "
                "are answered all the same."
            )
        ),
    ]
    exact: NotRequired[
        Annotated[
            list[FiniteFloat],
            Field(description="Exact values of the operands as read, where asked for."),
        ]
    ]
    absolute_errors: NotRequired[
        Annotated[
            list[FiniteFloat],
            Field(description="How far each prediction is off its exact value, where asked for."),
        ]
    ]
    read_as: NotRequired[ReadAs]


def read_rows(rows: Sequence[Row] | PackedRows) -> Columns:
    """Return rows as `(a, signs, b)`, three sequences of length n."""
    if isinstance(rows, PackedRows):
        return rows.columns
    a, signs = [row["a"] for row in rows], [row["op"] for row in rows]
    return Columns(a, signs, [row["b"] for row in rows])


def locate_in_rows(index: int, operand: str | None) -> str:
    """Return the path of one of the rows, or of a part of it."""
    return f"instances[{index}]" + (f".{operand}" if operand else "")
