"""Decimals as libraries write them are passed over without `exact`, and no other number is."""

import random
from decimal import Decimal

import pytest

from service.http.number_literals import find_rounded, may_be_rounded


def write_number(rng: random.Random) -> str:
    """Return a number of JSON, long or short, with and without point, zeros and exponent."""
    digits = "".join(rng.choices("0123456789", k=rng.choice((1, 3, 15, 16, 17, 18, 19, 25))))
    whole, fraction = rng.choice((digits, "0", "7", digits[:5])).lstrip("0") or "0", ""
    if rng.random() < 0.7:
        fraction = "." + "0" * rng.choice((0, 0, 1, 3, 320)) + digits
    exponent = rng.choice(("", "", "", "e5", "E-05", "e+17", "e100", "E-310"))
    return rng.choice(("", "-")) + whole + fraction + exponent


def is_no_librarys(number: str) -> bool:
    """Return whether no library writes a float64 so."""
    mantissa = number.lower().lstrip("-").partition("e")[0]
    digits = len(Decimal(mantissa).as_tuple().digits) if Decimal(mantissa) else 0
    whole = "." not in number and "e" not in number.lower()
    return digits > (15 if whole else 17)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_that_no_library_writes_are_found_without_exact(seed: int) -> None:
    rng = random.Random(seed)
    found = 0
    for _ in range(3000):
        numbers = [write_number(rng) for _ in range(rng.choice((1, 2, 6)))]
        content = f'{{"a":[{rng.choice((",", ", ")).join(numbers)}],"op":"+"}}'.encode()
        every = find_rounded(content, exact=True)
        told = find_rounded(content, exact=False)
        assert may_be_rounded(content) or not every, content
        wanted = [(place, text) for place, text in every if is_no_librarys(text)]
        assert [x for x in told if is_no_librarys(x[1])] == wanted, content
        assert set(told) <= set(every)
        found += len(wanted)
    assert found > 500


@pytest.mark.parametrize("scale", [1e-6, 0.01, 1, 1e3, 1e15])
def test_decimals_that_libraries_write_are_passed_over(scale: float) -> None:
    rng = random.Random(1)
    for form in ("%r", "%.17g", "%.16e"):
        numbers = ",".join(form % rng.uniform(-scale, scale) for _ in range(500))
        assert find_rounded(f'{{"a":[{numbers}]}}'.encode(), exact=False) == []
