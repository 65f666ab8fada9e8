"""The sums behind Calculate, against independent ones in Python."""

import math
import random
from itertools import pairwise
from typing import Any

import pytest

from tabuada.arithmetic.expressions import parse_expression
from tabuada.arithmetic.operations import KNOWN
from tabuada.errors import MalformedExpression
from tests.page.node import Modules

SYMBOLS = {sign: known.symbol for known in KNOWN for sign in known.signs}


def read_in_python(text: str) -> dict[str, Any] | None:
    try:
        a, sign, b = parse_expression(text)
    except MalformedExpression:
        return None
    return {"a": a, "operation": SYMBOLS[sign], "b": b}


def test_signs_are_those_of_the_service(modules: Modules) -> None:
    assert dict(modules.run("operations.js", "module.listSigns()")) == SYMBOLS


def test_expressions_are_read_as_the_service_reads_them(modules: Modules) -> None:
    rng = random.Random(5)
    letters = [*"0123456789.,+-−*×xX·/÷: eE()=\t\u00a0٣"]  # noqa: RUF001
    letters += [*"\u2013\u2014\u200b\ufe0f\uff12\uff0e\u00ad", "1e5", " 12.5", ", "]
    letters += ["0x", "1.234", "1,234", "0,5", "\uff0c5", "e-400", "1e400"]
    texts = ["".join(rng.choices(letters, k=rng.randint(1, 12))) for _ in range(4000)]
    numbers = ["4.93", "-0,6", "+ 7", "− 3", ".5", "1,", "1e400", "2E-3", "1e−2"]  # noqa: RUF001
    numbers += ["1.234", "1,234", "0", "1e-400", "0e-400", "\u20135", "\uff15"]
    texts += [f"{a}{s}{b}" for a in numbers for s in [*SYMBOLS, " - ", "^"] for b in numbers]
    texts += ["1+1" + " " * 125, "1+1" + " " * 126, "1" * 100 + "+" + "1" * 27]
    expected = [read_in_python(text) for text in texts]
    assert sum(map(bool, expected)) > 700
    body = "given.map(text => module.parseExpression(text) ?? null)"
    found = modules.run("views/calculate/expression.js", body, texts)
    for text, ours, theirs in zip(texts, found, expected, strict=True):
        assert ours == theirs, text


def test_line_shows_all_answers_between_round_numbers(modules: Modules) -> None:
    rng = random.Random(6)
    cases: list[tuple[float, list[float]]] = [
        (0, [0, 0]), (75, [75]), (1e-9, [1e-9, 5e8]), (-10.5, [-10.551]), (3, [3.0000000001]),
    ]  # fmt: skip
    for _ in range(300):
        exact = rng.choice([-1, 1]) * 10 ** rng.uniform(-6, 8)
        off = exact * rng.gauss(0, 10 ** rng.uniform(-5, 2))
        cases.append((exact, [exact + off, exact]))
    body = "given.map(([exact, others]) => module.layOut(exact, others))"
    lines = modules.run("views/calculate/line.js", body, cases)
    for (exact, others), line in zip(cases, lines, strict=True):
        low, high, ticks = line["low"], line["high"], line["ticks"]
        assert low < min(exact, *others) <= max(exact, *others) < high
        assert 2 <= len(ticks) <= 8, (exact, others)
        assert all(low <= tick <= high for tick in ticks)
        steps = {later - earlier for earlier, later in pairwise(ticks)}
        step = max(steps)
        assert min(steps) == pytest.approx(step, rel=1e-5)
        digit = step / 10 ** math.floor(math.log10(step) + 1e-6)
        assert min(abs(digit - round_one) for round_one in (1, 2, 5)) < 1e-4, step


@pytest.mark.parametrize(
    ("predicted", "exact", "kind"),
    [
        (8.95, 8.95, "exact"),
        (8.951, 8.95, "tiny"),
        (8.96, 8.95, "near"),
        (9.5, 8.95, "off"),
        (12, 8.95, "far"),
        (0.0005, 0, "tiny"),
        (-3, 0, "far"),
        (5e-324, 0, "tiny"),
    ],
)
def test_error_is_as_large_as_it_feels(
    modules: Modules, predicted: float, exact: float, kind: str
) -> None:
    body = "module.measure(...given)"
    found = modules.run("views/calculate/errors.js", body, [predicted, exact])
    assert found == {"size": abs(predicted - exact), "kind": kind}
