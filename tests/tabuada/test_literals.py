"""Numbers as they are written against exact arithmetic of decimals and fractions."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from tabuada.arithmetic.literals import is_kept, is_lost

KEPT = [
    "0", "-0.0", "1", "4.93", "0.1", "1e22", "1e23", "100000000000000000000000", "9007199254740992",
    "9007199254740994", "18014398509481984", "0.30000000000000004", "2.2250738585072014e-308",
    "5e-324", "1.7976931348623157e308", "0.10000000000000001", "1e5", "1.50", "007.5",
    "0.1000000000000000055511151231257827021181583404541015625", "0e-999999", "1" + "0" * 300,
]  # fmt: skip
ROUNDED = [
    "9007199254740993", "-9007199254740993", "18014398509481985", "1.0000000000000001",
    "0.1234567890123456789", "0.30000000000000001", "9223372036854775807", "1.00000000000000000001",
    "1.23456e-320", "0." + "1" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("written", KEPT)
def test_number_that_float64_holds_as_written_is_kept(written: str) -> None:
    assert is_kept(written, float(written))
    assert not is_lost(written, float(written))


@pytest.mark.parametrize("written", ROUNDED)
def test_number_of_more_digits_than_float64_keeps_is_noticed(written: str) -> None:
    assert not is_kept(written, float(written))
    assert not is_lost(written, float(written))


@pytest.mark.parametrize(
    "written", ["1e400", "-1e309", "9" * 401, "1e-400", "-4e-999", "0." + "0" * 400 + "1"]
)
def test_number_beyond_float64_is_lost(written: str) -> None:
    assert is_lost(written, float(written))


def test_whatever_float64_writes_of_itself_is_kept() -> None:
    rng = random.Random(7)
    for _ in range(3000):
        value = rng.uniform(-1, 1) * 10.0 ** rng.randint(-300, 300)
        for digits in (15, 16, 17, 20, 40):
            assert is_kept(f"{value:.{digits - 1}e}", float(f"{value:.{digits - 1}e}"))
        assert is_kept(repr(value), value)


def test_whole_number_is_kept_where_float64_has_it() -> None:
    rng = random.Random(8)
    for _ in range(3000):
        whole = rng.randrange(10 ** rng.randint(1, 25))
        kept = is_kept(str(whole), float(whole))
        if Fraction(float(whole)) == whole:
            assert kept
        if not kept:
            digits = len(str(whole).rstrip("0"))
            assert Decimal(f"{float(whole):.{digits - 1}e}") != whole
