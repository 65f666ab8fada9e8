"""What a service can be asked, and the JSON that asks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic_core import PydanticSerializationError, to_json

from tabuada.arithmetic.operations import Floats
from tabuada.client.errors import BadArgument
from tabuada.showing import show

Row = tuple[float, str, float]
"""One problem: `(a, sign, b)`."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Problems column by column, which is the quickest form for many.

    Attributes:
        a: n first operands, as a sequence or an array of shape (n,).
        op: n signs, or one for all.
        b: n second operands.
    """

    a: Sequence[float] | Floats
    op: str | Sequence[str]
    b: Sequence[float] | Floats


Question = Sequence[str] | Sequence[Row] | Columns
"""Expressions as people type them, or rows, or columns. One text is one expression."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Problems with the values they should give.

    Attributes:
        rows: n problems.
        expected: n values.
    """

    rows: Sequence[Row]
    expected: Sequence[float] | Floats


@dataclass(frozen=True, slots=True)
class Sample:
    """Problems that the service draws, knowing their exact values.

    Attributes:
        n: How many in all.
        operations: Signs, taking turns; None for all that the model knows.
        range: Least and greatest operand; None for where the model was trained.
        min_divisor: Least magnitude of a divisor; None for 0.1, or as trained.
        seed: The same seed draws the same problems.
    """

    n: int = 10_000
    operations: Sequence[str] | None = None
    range: tuple[float, float] | None = None
    min_divisor: float | None = None
    seed: int = 0


def write_question(question: Question, **options: Any) -> bytes:
    """Return the body for `/predict`.

    Args:
        question: The problems.
        options: Further members of the body; None leaves one out.

    Raises:
        BadArgument: It holds something else than problems.
    """
    if isinstance(question, Columns):
        problems: dict[str, Any] = {"a": question.a, "op": question.op, "b": question.b}
    elif isinstance(question, str):
        problems = {"expressions": [question]}
    elif all(isinstance(problem, str) for problem in question):
        problems = {"expressions": list(question)}
    else:
        problems = {"instances": _name_operands(question)}
    return _write(problems | options)


def write_evaluation(problems: Sample | Labelled, **options: Any) -> bytes:
    """Return the body for `/evaluate`.

    Args:
        problems: What to measure on.
        options: Further members of the body; None leaves one out.

    Raises:
        BadArgument: It holds something else than problems.
    """
    if isinstance(problems, Labelled):
        rows = _name_operands(problems.rows)
        return _write({"instances": rows, "expected": problems.expected} | options)
    names = ("n", "operations", "range", "min_divisor", "seed")
    sample = {name: getattr(problems, name) for name in names}
    return _write({"sample": _leave_out_none(sample)} | options)


def _name_operands(rows: Sequence[Any]) -> list[dict[str, Any]]:
    named = []
    for index, row in enumerate(rows):
        if isinstance(row, str) or not isinstance(row, Sequence) or len(row) != 3:
            raise BadArgument(
                "expected rows of three, (a, sign, b), or texts alone. "
                f"Received: {show(row)} at position {index}. Send one form for all"
            )
        named.append(dict(zip(("a", "op", "b"), row, strict=True)))
    return named


def _write(body: dict[str, Any]) -> bytes:
    try:
        # Infinity and NaN go out as they are: the service says best what is wrong with them, where.
        return to_json(_leave_out_none(body), inf_nan_mode="constants", fallback=_to_plain)
    except (PydanticSerializationError, ValueError) as error:
        raise BadArgument(f"expected numbers and texts. Received: {error}") from error


def _leave_out_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _to_plain(value: object) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Sequence):
        return list(value)
    raise ValueError(f"a {type(value).__name__}")
