"""Expressions against Python's own reading of numbers."""

import numpy as np
import pytest

from tabuada.arithmetic.expressions import MAX_LENGTH, parse_expression, parse_expressions
from tabuada.errors import MalformedExpression

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4.93 + 4.02", (4.93, "+", 4.02)),
        ("6,3 ÷ -0,6", (6.3, "÷", -0.6)),
        ("  2*3  ", (2.0, "*", 3.0)),
        ("2x3", (2.0, "x", 3.0)),
        ("2 X 3", (2.0, "X", 3.0)),
        ("2 \N{MULTIPLICATION SIGN} 3", (2.0, "\N{MULTIPLICATION SIGN}", 3.0)),
        ("2·3", (2.0, "·", 3.0)),
        ("6:3", (6.0, ":", 3.0)),
        ("5-3", (5.0, "-", 3.0)),
        ("5--3", (5.0, "-", -3.0)),
        (f"5 {MINUS} {MINUS}3", (5.0, MINUS, -3.0)),
        ("- 5 - - 3", (-5.0, "-", -3.0)),
        ("+5++3", (5.0, "+", 3.0)),
        (".5 * 2.", (0.5, "*", 2.0)),
        (",5 * 2,", (0.5, "*", 2.0)),
        ("1e-3 + 2E+2", (0.001, "+", 200.0)),
        (f"1e{MINUS}3-2e5", (0.001, "-", 2e5)),
        ("1,234 + 1", (1.234, "+", 1.0)),
    ],
)
def test_expression_is_read(text: str, expected: tuple[float, str, float]) -> None:
    assert parse_expression(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "+ 7",
        "1 +",
        "1 + 2 + 3",
        "1 ^ 2",
        "1 + x",
        "one + two",
        "1.2.3 + 4",
        "1,234.5 + 1",
        "1_000 + 1",
        "1 000 + 1",
        "0x10 + 1",
        "nan + 1",
        "inf + 1",
        "1e400 + 1",
        "1 + 1e",
        "1 - -\t5",
        "1 - -\n5",
        "\N{ARABIC-INDIC DIGIT ONE} + 2",
        "1 + 2\0",
        "__import__('os') + 1",
        "1" * 200 + " + 1",
    ],
)
def test_expression_malformed_is_refused(text: str) -> None:
    with pytest.raises(MalformedExpression, match=r"number operation number.*Received"):
        parse_expression(text)


def test_expression_holds_any_two_float64() -> None:
    rng = np.random.default_rng(3)
    numbers = rng.integers(0, 2**64, 2_000, dtype=np.uint64).view(np.float64)
    for a, b in numbers[np.isfinite(numbers)][:1_800].reshape(-1, 2).tolist():
        assert parse_expression(f"{a!r} - {b!r}") == (a, "-", b)


def test_expression_too_long_is_shown_short() -> None:
    with pytest.raises(MalformedExpression) as caught:
        parse_expression("9" * 1_000_000)
    assert len(str(caught.value)) < MAX_LENGTH + 200


def test_expressions_become_columns() -> None:
    a, signs, b = parse_expressions(["1 + 2", "3,5 : 4"])
    assert (a, signs, b) == ([1.0, 3.5], ["+", ":"], [2.0, 4.0])


def test_expressions_say_which_is_malformed() -> None:
    with pytest.raises(MalformedExpression) as caught:
        parse_expressions(["1 + 2", "3", "4"])
    assert caught.value.index == 1
