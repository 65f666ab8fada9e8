"""Expressions against Python's own reading of numbers."""

import numpy as np
import pytest

from tabuada.arithmetic.expressions import (
    MAX_LENGTH,
    describe_reading,
    parse_expression,
    parse_expressions,
)
from tabuada.arithmetic.operations import KNOWN, Operation
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


BLANKS = "\u00a0\u2009\u202f\u3000\u200b\u200d\ufeff\u200e"


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_every_sign_that_looks_like_an_operations_is_read_as_its(known: Operation) -> None:
    for sign in known.signs:
        assert parse_expression(f"6 {sign} 3") == (6.0, sign, 3.0)
        assert parse_expression(f"6{sign}3") == (6.0, sign, 3.0)
        for blank in BLANKS:
            assert parse_expression(f"{blank}6{blank}{sign}{blank}3{blank}") == (6.0, sign, 3.0)


@pytest.mark.parametrize("minus", "-\u2212\u2010\u2011\u2012\u2013\u2014\uff0d")
def test_every_minus_is_a_sign_of_numbers_too(minus: str) -> None:
    assert parse_expression(f"{minus}5 * {minus} 0,5") == (-5.0, "*", -0.5)
    assert parse_expression(f"1e{minus}3 + 2") == (0.001, "+", 2.0)


def test_wide_digits_are_digits() -> None:
    assert parse_expression("\uff11\uff12\uff0e\uff15\uff0b\uff13\uff0c\uff15") == (
        12.5,
        "\uff0b",
        3.5,
    )


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("0x10", "Write 16 if 0x10 is a hexadecimal number"),
        (" -0XfF", "Write 255"),
        ("1 + 0x10", "hexadecimal"),
        ("0b1 + 1", "decimal digits"),
        ("1.234 + 1,5", "one decimal sign"),
        ("1,234 * 0.5", "one decimal sign"),
        ("1.234 - 1,234", "one decimal sign"),
        ("1.000,5 + 1", "without thousands separators"),
        ("1,000.5 + 1", "without thousands separators"),
        ("1.000.000 + 1", "without thousands separators"),
        ("1_000 + 1", "without thousands separators"),
        ("1'000 + 1", "without thousands separators"),
        ("1\u202f000 + 1", "without thousands separators"),
        ("1\u200b000 + 1", "without thousands separators"),
        ("\u0663 + 1", "U+0663 ARABIC-INDIC DIGIT THREE is not read here: type 3"),
        ("\u00bd + 1", "type 0.5"),
        ("2\u00b2 + 1", "U+00B2 SUPERSCRIPT TWO"),
        ("2 ^ 3", "U+005E"),
        ("1\u00ad+ 2", "U+00AD SOFT HYPHEN is not read here: leave it out"),
        ("1 + \u202e2", "U+202E"),
        ("\u0445 + 1", "U+0445 CYRILLIC SMALL LETTER HA"),
        ("1e400 + 1", "1e400 is too large for float64"),
        ("1 / 1e-400", "1e-400 is too small for float64"),
        ("-0,0e5 / -1e-999", "-1e-999"),
        ("(1) + 2", "Leave out the brackets"),
        ("1 + 1 =", "Leave out the equals sign"),
        ("1 + 2 + 3", "One problem at a time"),
        ("1x", "Something is missing"),
        ("x1", "Something is missing"),
        (" \u200b ", "Type two numbers"),
    ],
)
def test_expression_that_is_refused_is_told_what_to_type(text: str, advice: str) -> None:
    with pytest.raises(MalformedExpression) as caught:
        parse_expression(text)
    assert advice.removeprefix("-") in str(caught.value).split("Received: ", 1)[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2x3", 6.0), ("0 x 10", 0.0), ("10x3", 30.0), ("0 x10", 0.0), ("1e3x2", 2000.0)],
)
def test_x_between_two_numbers_is_times(text: str, expected: float) -> None:
    a, sign, b = parse_expression(text)
    assert (a * b, sign) == (expected, "x")


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("1,234 + 1", "1.234 + 1"),
        ("1.234 : 2", "1.234 / 2"),
        ("1,234 x 5,678", "1.234 * 5.678"),
        ("12 - -999,000", "12 - -999"),
        ("9007199254740993 + 0", "9007199254740992 + 0"),
        ("1.0000000000000001 - 1", "1 - 1"),
        ("5\u20143", "5 - 3"),
        ("1,234 + 0,5", None),
        ("1.234 + 1.5", None),
        ("0.125 * 8", None),
        ("1234,567 + 1", None),
        ("1.2345 + 1", None),
        ("4,5 + 2.25", None),
        ("5 \u2013 3", None),
        ("0.30000000000000004 + 1e22", None),
        ("1e-5 + 1", None),
    ],
)
def test_expression_that_may_be_meant_otherwise_is_described(
    text: str, read_as: str | None
) -> None:
    parse_expression(text)
    assert describe_reading(text) == read_as
