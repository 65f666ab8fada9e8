"""Operations: their symbols, their exact values and where they are defined."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.regions import Interval, Pole, Region
from tabuada.errors import DivisionByZero, ProblemError, UnknownOperation
from tabuada.showing import show

Floats = NDArray[np.float64]
Indices = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Undefined:
    """Where an operation has no value, and what to say of it.

    Attributes:
        find: `(a, b) -> which rows have none`, on float64 arrays of one shape.
        explain: `(a, b) -> the error` of one such problem, in words that teach why.
    """

    find: Callable[[Floats, Floats], NDArray[np.bool_]]
    explain: Callable[[float, float], ProblemError]


def _fill_square(interval: Interval) -> tuple[Region, ...]:
    return (Region(a=interval, b=interval),)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on real numbers: everything that is known of it.

    Attributes:
        symbol: The canonical symbol, as it stands in manifests and answers.
        name: The English name, for tables and plots.
        aliases: Other signs people type for it.
        lookalikes: What keyboards, phones and word processors make of these: taken as well, and
            named nowhere.
        evaluate: `(a, b) -> value`, element-wise on float64 arrays of one shape, or on two
            numbers. IEEE 754 rounds each of these correctly, so the value is exact to the last
            float64 digit.
        arity: How many operands it has. With one, `b` is there and does not matter.
        undefined: Where it has no value; None where it has one everywhere.
        poles: What operands that are drawn for it keep away from, and how far if not told.
        choose_regions: Where in an interval its operands are drawn from.
    """

    symbol: str
    name: str
    aliases: tuple[str, ...]
    evaluate: Callable[[Any, Any], Any]
    arity: Literal[1, 2] = 2
    lookalikes: tuple[str, ...] = ()
    undefined: Undefined | None = None
    poles: tuple[Pole, ...] = ()
    choose_regions: Callable[[Interval], tuple[Region, ...]] = _fill_square

    @property
    def signs(self) -> tuple[str, ...]:
        """Its symbol, its aliases and what looks like them: whatever stands for it."""
        return (self.symbol, *self.aliases, *self.lookalikes)


def _explain_zero_divisor(a: float, b: float) -> DivisionByZero:  # noqa: ARG001 -- b is zero
    return DivisionByZero(
        f"expected a divisor other than zero, since no number times zero gives {show(a)}. "
        f"Received: {show(a)} / 0. Divide by another number",
        operand="b",
    )


ADDITION = Operation("+", "addition", (), np.add, lookalikes=tuple("＋﹢➕"))  # noqa: RUF001
SUBTRACTION = Operation(
    "-",
    "subtraction",
    ("−",),  # noqa: RUF001 -- U+2212, the typographic minus
    np.subtract,
    # Hyphens, dashes (an em dash is taken, and told: it may have been typed as two), heavy ones.
    lookalikes=tuple("\u2010\u2011\u2012\u2013\u2014\u2015\ufe58\ufe63\uff0d\u2796"),
)
MULTIPLICATION = Operation(
    "*",
    "multiplication",
    ("×", "x", "X", "·"),  # noqa: RUF001 -- U+00D7
    np.multiply,
    # Dots, bullets, asterisks and crosses; the wide forms of keyboards for Chinese and Japanese.
    lookalikes=tuple("\u22c5\u2219\u2022\u2217\u2a2f\u2715\u2716\ufe61\uff0a\uff58\uff38"),
)
DIVISION = Operation(
    "/",
    "division",
    ("÷", ":"),
    np.divide,
    lookalikes=tuple("\u2215\u2044\u2236\u2797\uff0f\uff1a"),
    undefined=Undefined(lambda a, b: b == 0, _explain_zero_divisor),  # noqa: ARG005
    poles=(Pole(operand="b", at=0, distance=0.1),),
)

KNOWN = (ADDITION, SUBTRACTION, MULTIPLICATION, DIVISION)
_BY_SIGN = {sign: op for op in KNOWN for sign in op.signs}


def find_operation(sign: str) -> Operation:
    """Return the operation that a symbol or one of its aliases stands for.

    Args:
        sign: A symbol such as `+`, or an alias such as `÷`.

    Raises:
        UnknownOperation: The sign stands for none.
    """
    operation = _BY_SIGN.get(sign)
    if operation is None:
        raise UnknownOperation(_unknown(sign, (op.symbol for op in KNOWN)), operand="op")
    return operation


class OperationSet:
    """An ordered set of operations; the order is that of the one-hot columns.

    Args:
        operations: Symbols or aliases, or operations themselves, each at most once.

    Raises:
        UnknownOperation: A symbol stands for no operation.
        ValueError: No operation, or one named twice.
    """

    def __init__(self, operations: Iterable[str | Operation]) -> None:
        self._operations = tuple(
            find_operation(found) if isinstance(found, str) else found for found in operations
        )
        self.symbols = tuple(op.symbol for op in self._operations)
        if not self.symbols or len(set(self.symbols)) != len(self.symbols):
            raise ValueError(
                "expected one or more operations, each named once. "
                f"Received: {', '.join(self.symbols) or 'none'}. Name each by one of its signs"
            )
        self._positions = {sign: i for i, op in enumerate(self._operations) for sign in op.signs}

    def __len__(self) -> int:
        return len(self._operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations)

    def __getitem__(self, position: int) -> Operation:
        return self._operations[position]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OperationSet) and self.symbols == other.symbols

    def __hash__(self) -> int:
        return hash(self.symbols)

    def encode(self, signs: Iterable[str]) -> Indices:
        """Return the position of each sign's operation in this set.

        Args:
            signs: n symbols or aliases.

        Returns:
            Positions, shape (n,), int8.

        Raises:
            UnknownOperation: A sign stands for no operation of this set; `index` says which.
        """
        signs = list(signs)
        try:
            return np.fromiter(map(self._positions.__getitem__, signs), np.int8, len(signs))
        except KeyError as error:
            index = next(i for i, sign in enumerate(signs) if sign not in self._positions)
            message = _unknown(signs[index], self.symbols)
            raise UnknownOperation(message, index=index, operand="op") from error

    def check(self, op: Indices, a: Floats, b: Floats) -> None:
        """Refuse the first problem that has no value.

        Args:
            op: Positions in this set, shape (n,).
            a: First operands, shape (n,).
            b: Second operands, shape (n,).

        Raises:
            ProblemError: An operation is undefined there; `index` says where. It is a
                DivisionByZero where a divisor is zero.
        """
        for position, operation in enumerate(self._operations):
            if operation.undefined is None:
                continue
            rows = operation.undefined.find(a, b)
            if not rows.any():  # most often: one pass over the operands
                continue
            rows &= op == position
            if rows.any():
                index = int(rows.argmax())
                error = operation.undefined.explain(float(a[index]), float(b[index]))
                error.index = index
                raise error

    def evaluate(self, op: Indices, a: Floats, b: Floats) -> Floats:
        """Return the exact value of each problem, correctly rounded to float64.

        Args:
            op: Positions in this set, shape (n,).
            a: First operands, shape (n,).
            b: Second operands, shape (n,).

        Returns:
            Values, shape (n,), float64. Beyond float64's range they are infinite.

        Raises:
            ProblemError: An operation is undefined there, as `check` says.
        """
        self.check(op, a, b)
        values = np.empty(len(a), np.float64)
        with np.errstate(over="ignore"):
            for position, operation in enumerate(self._operations):
                rows = op == position
                values[rows] = operation.evaluate(a[rows], b[rows])
        return values


def _unknown(sign: str, symbols: Iterable[str]) -> str:
    return (
        f"expected an operation out of {' '.join(symbols)}. Received: {show(sign)}. "
        "Send one of these signs, or ask a model that knows another"
    )
