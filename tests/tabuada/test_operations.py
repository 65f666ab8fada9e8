"""Operations against exact rational arithmetic."""

import operator
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from tabuada.arithmetic.operations import KNOWN, OperationSet, find_operation
from tabuada.errors import DivisionByZero, UnknownOperation

EXACT: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@pytest.mark.parametrize("symbol", EXACT)
@pytest.mark.parametrize("magnitude", [1e-100, 10.0, 1e100], ids=["tiny", "ordinary", "huge"])
def test_operation_rounds_the_exact_value_correctly(symbol: str, magnitude: float) -> None:
    rng = np.random.default_rng(1)
    a, b = rng.uniform(-magnitude, magnitude, (2, 500))
    values = OperationSet([symbol]).evaluate(np.zeros(500, np.int8), a, b)
    for left, right, value in zip(a.tolist(), b.tolist(), values.tolist(), strict=True):
        # Python rounds a fraction to the nearest float64, ties to even, as IEEE 754 asks.
        assert value == float(EXACT[symbol](Fraction(left), Fraction(right)))


@pytest.mark.parametrize(
    ("sign", "symbol"),
    [
        ("+", "+"),
        ("-", "-"),
        ("\N{MINUS SIGN}", "-"),
        ("*", "*"),
        ("\N{MULTIPLICATION SIGN}", "*"),
        ("x", "*"),
        ("X", "*"),
        ("\N{MIDDLE DOT}", "*"),
        ("/", "/"),
        ("\N{DIVISION SIGN}", "/"),
        (":", "/"),
    ],
)
def test_operation_is_found_by_symbol_and_alias(sign: str, symbol: str) -> None:
    assert find_operation(sign).symbol == symbol


@pytest.mark.parametrize("sign", ["", "^", "++", " +", "plus", "%"])
def test_operation_unknown_is_refused_with_the_known_ones(sign: str) -> None:
    with pytest.raises(UnknownOperation, match=r"out of \+ - \* /.*Received") as caught:
        find_operation(sign)
    assert caught.value.operand == "op"


def test_operation_set_keeps_its_order() -> None:
    operations = OperationSet(["/", "x", "+"])
    assert operations.symbols == ("/", "*", "+")
    assert [operation.name for operation in operations] == [
        "division",
        "multiplication",
        "addition",
    ]
    assert operations[1].symbol == "*"
    assert len(operations) == 3
    assert operations.encode(["+", ":", "*", "/"]).tolist() == [2, 0, 1, 0]


def test_operation_set_equals_another_by_order() -> None:
    assert OperationSet("*+") == OperationSet(["x", "+"])
    assert hash(OperationSet("*+")) == hash(OperationSet(["x", "+"]))
    assert OperationSet("*+") != OperationSet("+*")


@pytest.mark.parametrize("symbols", [[], ["+", "+"], ["*", "x"]], ids=["none", "twice", "by alias"])
def test_operation_set_refuses_none_and_doubles(symbols: list[str]) -> None:
    with pytest.raises(ValueError, match="each named once"):
        OperationSet(symbols)


def test_operation_set_says_which_sign_it_does_not_know() -> None:
    with pytest.raises(UnknownOperation, match=r"out of \+ -\. Received: \"\*\"") as caught:
        OperationSet("+-").encode(["+", "-", "*", "/"])
    assert caught.value.index == 2
    assert caught.value.operand == "op"


@pytest.mark.parametrize("zero", [0.0, -0.0], ids=["zero", "negative zero"])
def test_operation_set_refuses_to_divide_by_zero(zero: float) -> None:
    operations = OperationSet("+/")
    a, b = np.array([1.0, 2.0, 3.0]), np.array([0.0, 5.0, zero])
    with pytest.raises(DivisionByZero, match=r"other than zero.*Received: 3\.0 / 0") as caught:
        operations.evaluate(operations.encode("+//"), a, b)
    assert caught.value.index == 2
    assert caught.value.operand == "b"


def test_operation_beyond_float64_is_infinite_without_a_warning() -> None:
    operations = OperationSet("+*/")
    a, b = np.array([1.7e308, 1e200, -1e300]), np.array([1.7e308, 1e200, 1e-300])
    values = operations.evaluate(operations.encode("+*/"), a, b)
    assert values.tolist() == [np.inf, np.inf, -np.inf]


def test_known_signs_are_distinct() -> None:
    signs = [sign for operation in KNOWN for sign in (operation.symbol, *operation.aliases)]
    assert len(signs) == len(set(signs))
