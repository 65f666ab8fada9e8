"""Operations: their symbols, their exact values and where they are defined."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabuada.errors import DivisionByZero, UnknownOperation

Floats = NDArray[np.float64]
Indices = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Operation:
    """One binary operation on real numbers.

    Attributes:
        symbol: The canonical symbol, as it stands in manifests and answers.
        name: The English name, for tables and plots.
        aliases: Other signs people type for it.
        evaluate: `(a, b) -> value`, element-wise on float64 arrays of one shape. IEEE 754
            rounds each of these correctly, so the value is exact to the last float64 digit.
        divides: Whether `b` is a divisor, so that `b = 0` has no value.
    """

    symbol: str
    name: str
    aliases: tuple[str, ...]
    evaluate: Callable[[Floats, Floats], Floats]
    divides: bool = False


ADDITION = Operation("+", "addition", (), np.add)
SUBTRACTION = Operation("-", "subtraction", ("−",), np.subtract)  # noqa: RUF001 -- U+2212, the typographic minus
MULTIPLICATION = Operation("*", "multiplication", ("×", "x", "X", "·"), np.multiply)  # noqa: RUF001 -- U+00D7
DIVISION = Operation("/", "division", ("÷", ":"), np.divide, divides=True)

KNOWN = (ADDITION, SUBTRACTION, MULTIPLICATION, DIVISION)
_BY_SIGN = {sign: op for op in KNOWN for sign in (op.symbol, *op.aliases)}


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
        symbols: Symbols or aliases, each operation at most once.

    Raises:
        UnknownOperation: A symbol stands for no operation.
        ValueError: No symbol, or an operation named twice.
    """

    def __init__(self, symbols: Iterable[str]) -> None:
        self._operations = tuple(find_operation(sign) for sign in symbols)
        self.symbols = tuple(op.symbol for op in self._operations)
        if not self.symbols or len(set(self.symbols)) != len(self.symbols):
            raise ValueError(
                "expected one or more operations, each named once. "
                f"Received: {', '.join(self.symbols) or 'none'}"
            )
        self._positions = {
            sign: i for i, op in enumerate(self._operations) for sign in (op.symbol, *op.aliases)
        }

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
            DivisionByZero: A divisor is zero; `index` says which.
        """
        if np.count_nonzero(b) == len(b):
            return
        for position, operation in enumerate(self._operations):
            if operation.divides:
                zero = (b == 0) & (op == position)
                if zero.any():
                    index = int(zero.argmax())
                    raise DivisionByZero(
                        "expected a divisor other than zero, since no number times zero gives "
                        f"{float(a[index])!r}. Received: {float(a[index])!r} {operation.symbol} 0",
                        index=index,
                        operand="b",
                    )

    def evaluate(self, op: Indices, a: Floats, b: Floats) -> Floats:
        """Return the exact value of each problem, correctly rounded to float64.

        Args:
            op: Positions in this set, shape (n,).
            a: First operands, shape (n,).
            b: Second operands, shape (n,).

        Returns:
            Values, shape (n,), float64. Beyond float64's range they are infinite.

        Raises:
            DivisionByZero: A divisor is zero.
        """
        self.check(op, a, b)
        values = np.empty(len(a), np.float64)
        with np.errstate(over="ignore"):
            for position, operation in enumerate(self._operations):
                rows = op == position
                values[rows] = operation.evaluate(a[rows], b[rows])
        return values


def _unknown(sign: str, symbols: Iterable[str]) -> str:
    return f"expected an operation out of {' '.join(symbols)}. Received: {sign!r}"
