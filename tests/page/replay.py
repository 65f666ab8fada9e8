"""Replays the steps of a worked way, by rules of its own, to see where they lead."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

Exercise = dict[str, Any]
Step = dict[str, Any]

_EXACT: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
MINUS = "\N{MINUS SIGN}"
_SIGNS = ("opposite", "both-negative", "larger-", "below-zero", "minus", "signs-")


def compute(exercise: Exercise) -> tuple[Fraction, Fraction | None]:
    """Return the exact answer of an exercise, and its remainder where it asks for one."""
    a, b = Fraction(exercise["a"]), Fraction(exercise["b"])
    if "remainder" in exercise:
        quotient, remainder = divmod(int(a), int(b))
        return Fraction(quotient), Fraction(remainder)
    return _EXACT[exercise["operation"]](a, b), None


def replay(exercise: Exercise, steps: list[Step]) -> Fraction:
    """Walk through all steps, check each one, and return the size that they arrive at."""
    *steps, last = steps
    assert last["key"] == ("answer-remainder" if "remainder" in exercise else "answer")
    if exercise["level"] == 1:
        return _replay_fact(steps)
    written = [step for step in steps if not step["key"].startswith(_SIGNS)]
    operation = exercise["operation"]
    if operation == "/":
        return _replay_division(exercise, written)
    if operation == "*":
        return _replay_multiplication(exercise, written)
    return _replay_columns(written)


def _replay_fact(steps: list[Step]) -> Fraction:
    for step in steps:
        sides = Fraction(step["left"]), Fraction(step["right"])
        assert _EXACT[step["sign"]](*sides) == step["result"], step
    last = steps[-1]
    assert last["answer"] in (last["result"], last["right"]), last
    return Fraction(last["answer"])


def digits_of(text: str) -> dict[int, int]:
    """Return the digits of a decimal number by place: 0 is the ones, -1 the tenths."""
    whole, _, part = text.partition(".")
    placed = {place: int(digit) for place, digit in enumerate(reversed(whole))}
    return placed | {-1 - i: int(digit) for i, digit in enumerate(part)}


def worth(digits: dict[int, int]) -> Fraction:
    """Return what digits by place are worth together."""
    return sum((digit * Fraction(10) ** place for place, digit in digits.items()), Fraction(0))


def _replay_columns(steps: list[Step]) -> Fraction:
    first, *rest = steps
    assert first["key"] in {"columns", "columns-point"}
    top, bottom = digits_of(first["a"]), digits_of(first["b"])
    while rest and rest[0]["key"] == "fill":
        filled = rest.pop(0)
        assert Decimal(filled["number"]) == Decimal(filled["padded"])
        for number, text in ((top, first["a"]), (bottom, first["b"])):
            if text == filled["number"]:
                number.update(digits_of(filled["padded"]))
    if rest[-1]["key"] == "shorten":
        shortened = rest.pop()
        assert Decimal(shortened["text"]) == Decimal(shortened["short"])
    if rest[0]["key"].startswith(("add", "carry")):
        return worth(add([top, bottom], rest))
    return _subtract(top, bottom, rest)


def add(numbers: list[dict[int, int]], steps: list[Step]) -> dict[int, int]:
    """Replay an addition in columns, and return the digits it writes."""
    written: dict[int, int] = {}
    carry = 0
    for step in steps:
        place = step["place"]
        expected = [number[place] for number in numbers if place in number]
        if step["key"] == "carry-down":
            assert not expected
            assert step["write"] == carry
            carry = 0
        else:
            assert step["parts"] == ([carry] if carry else []) + expected, step
            assert step["sum"] == sum(step["parts"])
            carry, digit = divmod(step["sum"], 10)
            assert (step["carry"], step["write"]) == (carry, digit), step
        assert place == min(max(written, default=place - 1), place) + 1, "columns from the right"
        written[place] = step["write"]
    assert carry == 0
    assert set(written) >= {place for number in numbers for place in number}
    return written


def _subtract(top: dict[int, int], bottom: dict[int, int], steps: list[Step]) -> Fraction:
    written: dict[int, int] = {}
    for step in steps:
        if step["key"].startswith("borrow"):
            changes = step["changes"]
            assert all(top[change["place"]] == change["from"] for change in changes), step
            before = worth(top)
            top |= {change["place"]: change["to"] for change in changes}
            assert worth(top) == before, "borrowing changes nothing in all"
            continue
        place = step["place"]
        assert (step["top"], step["bottom"]) == (top[place], bottom.get(place)), step
        assert step["write"] == step["top"] - (step["bottom"] or 0)
        assert 0 <= step["write"] <= 9, step
        written[place] = step["write"]
        if step["key"].endswith("-nothing"):
            assert step["write"] == 0
    assert set(written) == set(top)
    hidden = {step["place"] for step in steps if step["key"].endswith("-nothing")}
    assert all(written[place] == 0 for place in written if place >= min(hidden, default=99))
    return worth(written)


@dataclass
class _Row:
    digit: int
    shift: int
    written: dict[int, int] = field(default_factory=dict)
    carry: int = 0


def _replay_multiplication(exercise: Exercise, steps: list[Step]) -> Fraction:
    first, second = steps[0]["first"], steps[0]["second"]
    sizes = sorted(abs(Decimal(exercise[name])) for name in "ab")
    assert sorted([Decimal(first), Decimal(second)]) == sizes
    factors = [int(text.replace(".", "")) for text in (first, second)]
    multiplicand, multiplier = (digits_of(str(factor)) for factor in factors)
    rows = list(_replay_rows(steps[1:], multiplicand, multiplier))
    assert {row.shift: row.digit for row in rows} == {p: d for p, d in multiplier.items() if d}
    product = sum(int(worth(row.written)) for row in rows)
    adding = [
        step for step in steps if step["key"] in {"add", "add-carry", "add-single", "carry-down"}
    ]
    if len(rows) > 1:
        numbers = [digits_of(str(int(worth(row.written)))) for row in rows]
        assert worth(add(numbers, adding)) == product
    return _put_point(Fraction(product), factors, steps)


def _replay_rows(
    steps: list[Step], multiplicand: dict[int, int], multiplier: dict[int, int]
) -> Iterator[_Row]:
    row: _Row | None = None
    for step in steps:
        if step["key"] in {"row", "row-first", "row-zero"}:
            assert multiplier[step["place"]] == step["digit"]
            if row:
                yield row
            row = None if step["key"] == "row-zero" else _Row(step["digit"], step["zeros"])
        elif step["key"].startswith("times"):
            row = row or _Row(step["digit"], max(multiplier))
            place = step["place"] - row.shift
            assert (step["digit"], step["other"]) == (row.digit, multiplicand[place]), step
            assert step["plus"] == row.carry
            assert step["product"] == step["digit"] * step["other"] + step["plus"], step
            row.carry = step["carry"]
            assert step["carry"] * 10 + step["write"] == step["product"]
            row.written[step["place"]] = step["write"]
            assert step["write"] < 10 or place == max(multiplicand)
    if row:
        yield row


def _put_point(product: Fraction, factors: list[int], steps: list[Step]) -> Fraction:
    assert product == factors[0] * factors[1]
    for step in steps:
        if step["key"].startswith("set-point"):
            product /= 10 ** step["places"]
            assert Fraction(step["text"]) == product
        if step["key"] == "shorten":
            assert Fraction(step["text"]) == Fraction(step["short"]) == product
    return product


def _replay_division(exercise: Exercise, steps: list[Step]) -> Fraction:
    if steps[0]["key"] in {"same-places", "move-points"}:
        moved = steps.pop(0)
        assert Fraction(moved["toA"]) / Fraction(moved["toB"]) == abs(_quotient(exercise))
    written, *rest = steps
    assert written["key"] in {"set-bracket", "set-key"}
    assert Fraction(written["dividend"]) / written["divisor"] == abs(_quotient(exercise))
    whole, _, part = written["dividend"].partition(".")
    digits = [int(digit) for digit in whole + part]
    take = rest.pop(0)["working"] if rest[0]["key"] == "take" else digits[0]
    used = len(str(take)) if take else 1
    quotient = _divide(written["divisor"], digits, used, take, rest)
    if "remainder" in exercise:
        assert rest[-1]["rest"] == int(exercise["remainder"])
    else:
        assert rest[-1]["rest"] == 0
    assert "." not in quotient or quotient.index(".") >= 1
    return Fraction(quotient)


def _divide(divisor: int, digits: list[int], used: int, working: int, steps: list[Step]) -> str:
    assert working == int("".join(map(str, digits[:used])))
    quotient, rest = "", 0
    for step in steps:
        if step["key"].startswith("divide"):
            digit, rest = divmod(working, divisor)
            expected = {
                "working": working,
                "digit": digit,
                "product": digit * divisor,
                "rest": rest,
            }
            assert {name: step[name] for name in expected} == expected, step
            quotient += str(digit)
        elif step["key"].startswith("point"):
            quotient += "."
        else:
            assert step["key"] == ("bring" if used < len(digits) else "append"), step
            assert step["digit"] == (digits[used] if used < len(digits) else 0)
            working = rest * 10 + step["digit"]
            assert step["working"] == working
            used += 1
    assert used >= len(digits)
    return quotient


def _quotient(exercise: Exercise) -> Fraction:
    return Fraction(exercise["a"]) / Fraction(exercise["b"])
