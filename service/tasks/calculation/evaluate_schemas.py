"""What `/evaluate` reads and answers."""

from typing import Annotated, Any, NotRequired, Self

from pydantic import BaseModel, Discriminator, Field, FiniteFloat, Tag, model_validator
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

from service.http.body_schemas import STRICT
from service.http.long_lists import LongLists
from service.tasks.calculation.columns import Columns
from service.tasks.calculation.operand_schemas import Numbers, Sign
from service.tasks.calculation.predict_schemas import (
    ModelChoice,
    ReadAs,
    Rows,
    locate_in_rows,
    read_rows,
)
from tabuada.arithmetic.error_statistics import ErrorCase, ErrorStatistics
from tabuada.errors import EmptyDomain, ProblemError
from tabuada.showing import count

LONG = LongLists(frozenset({("instances",), ("expected",)}))
"""Where a request may have thousands of elements."""


class LabelledRequest(ModelChoice):
    """Problems with the values they should give."""

    instances: Rows
    expected: Numbers = Field(description="The value that each problem should give.")

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if len(self.instances) != len(self.expected):
            raise ValueError(
                "expected one value for each instance. "
                f"Received: {count(len(self.instances), 'instance')} and "
                f"{count(len(self.expected), 'value')}. Send as many of each"
            )
        return self

    def read_columns(self) -> Columns:
        """Return `(a, signs, b)`, three sequences of length n."""
        return read_rows(self.instances)

    def locate(self, error: ProblemError) -> str | None:
        """Return the path of the problem at fault."""
        if error.index is None:
            return None
        return locate_in_rows(error.index, error.operand)


class Sample(BaseModel):
    """How to draw problems."""

    model_config = STRICT

    n: Annotated[int, Field(ge=1)] = Field(
        10_000, description="How many problems in all; where left out, 10,000."
    )
    operations: Annotated[list[Sign], Field(fail_fast=True, min_length=1, max_length=64)] | None = (
        Field(
            None,
            description="Signs, taking turns; where left out, all that the model knows.",
        )
    )
    range: Annotated[list[FiniteFloat], Field(min_length=2, max_length=2)] | None = Field(
        None,
        description="Least and greatest operand; where left out, those of the training.",
    )
    min_divisor: Annotated[FiniteFloat, Field(ge=0)] | None = Field(
        None,
        description="Least magnitude of a divisor; where left out, 0.1 or that of the training.",
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(
        0, description="The same seed draws the same problems; where left out, it is 0."
    )

    @property
    def interval(self) -> tuple[float, float] | None:
        """Least and greatest operand."""
        return None if self.range is None else (self.range[0], self.range[1])


class SampledRequest(ModelChoice):
    """Problems that the service draws, knowing their exact values."""

    sample: Sample = Field(description="How to draw them.")

    def locate(self, error: ProblemError) -> str | None:
        """Return the path of the member at fault."""
        if isinstance(error, EmptyDomain):
            return "sample.range"
        if error.operand == "op" and error.index is not None:
            return f"sample.operations[{error.index}]"
        return "sample"


def find_source(body: Any) -> str | None:
    """Return which of the two request forms a body has, None where it is none or both."""
    keys = set(body) if isinstance(body, dict) else set()
    if "sample" in keys:
        return None if keys & {"instances", "expected"} else "sampled"
    return "labelled" if keys & {"instances", "expected"} else None


EvaluateRequest = Annotated[
    Annotated[LabelledRequest, Tag("labelled")] | Annotated[SampledRequest, Tag("sampled")],
    Discriminator(
        find_source,
        custom_error_type="request_form",
        custom_error_message=("expected one of two forms: `instances` and `expected`, or `sample`"),
    ),
]


class EvaluateResponse(TypedDict):
    """Errors of the predictions, overall and per operation, and the worst cases."""

    model: Annotated[str, Field(description="The model that answered.")]
    version: Annotated[int, Field(description="Its version that answered.")]
    overall: Annotated[ErrorStatistics, Field(description="Over all problems.")]
    per_operation: Annotated[
        dict[str, ErrorStatistics],
        Field(description="By symbol of the operation, those posed only."),
    ]
    worst: Annotated[list[ErrorCase], Field(description="The 20 largest errors, worst first.")]
    read_as: NotRequired[ReadAs]
