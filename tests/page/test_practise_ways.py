"""Every worked way leads to the exact answer: replayed, looked at and read, thousands of times."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.drawing import check_small_figures, check_squares, read_result
from tests.page.replay import MINUS, compute, replay

if TYPE_CHECKING:
    from tests.page.node import Modules

_VIEW = "views/practise/"
_SOLVE = """(async ([operation, style, count]) => {
  const { SKILLS, makeExercise } = await load("views/practise/skills.js");
  const { tellStep } = await load("views/practise/step-words.js");
  const { solve } = module;
  let seed = 20261124;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const cases = [];
  for (const skill of SKILLS.filter((one) => one.operation === operation)) {
    for (let i = 0; i < (skill.fact ? 2 : count); i += 1) {
      const exercise = makeExercise(skill, random);
      const way = solve(exercise, style);
      const told = ["en", "pt-BR"].map((tag) => way.steps.map((step) => tellStep(step, tag)));
      cases.push({ exercise, way, told });
    }
  }
  return cases;
})(given)"""
_OPERATIONS = [("+", "bracket"), ("-", "bracket"), ("*", "bracket"), ("/", "bracket"), ("/", "key")]


def solve(modules: "Modules", operation: str, style: str, count: int) -> list[dict[str, Any]]:
    """Draw exercises of every skill of an operation, and have them worked out."""
    given = [operation, style, count]
    cases: list[dict[str, Any]] = modules.run(f"{_VIEW}solve/solve.js", _SOLVE, given)
    return cases


def check(case: dict[str, Any]) -> None:
    """Check one worked way in every respect."""
    exercise, way = case["exercise"], case["way"]
    answer, remainder = compute(exercise)
    assert Fraction(way["answer"]) == answer, exercise
    assert way.get("remainder") == (None if remainder is None else str(remainder)), exercise
    assert replay(exercise, way["steps"]) == abs(answer), exercise
    check_squares(way)
    check_small_figures(way)
    assert Fraction(read_result(way)) == abs(answer), exercise
    check_words(case)


def check_words(case: dict[str, Any]) -> None:
    """Check that both languages say the whole step, and end at the answer in their own writing."""
    answer = case["way"]["answer"].replace("-", MINUS)
    for told, mark in zip(case["told"], (".", ","), strict=True):
        assert all(re.fullmatch(rf"[A-ZÀ-Ý0-9{MINUS}(][^{{}}]+\.", line) for line in told), told
        assert not any("undefined" in line or "NaN" in line for line in told), told
        assert f"= {answer.replace('.', mark)}" in told[-1], told


@pytest.mark.parametrize(("operation", "style"), _OPERATIONS)
def test_way_leads_to_exact_answer(modules: "Modules", operation: str, style: str) -> None:
    cases = solve(modules, operation, style, 60)
    assert len(cases) > 800
    for case in cases:
        check(case)


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "style"), _OPERATIONS)
def test_way_leads_to_exact_answer_many_times(
    modules: "Modules", operation: str, style: str
) -> None:
    cases = solve(modules, operation, style, 1000)
    assert len(cases) > 10_000
    for case in cases:
        check(case)


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_steps_are_told_in_both_languages_with_the_same_facts(
    modules: "Modules", language: str
) -> None:
    words = modules.run(f"{_VIEW}step-words.js", "module.STEP_WORDS")
    assert words[language].keys() == words["en"].keys()
    # The lender stands in the list of changes too, which Portuguese leaves to it.
    optional = {"lender"}
    for key, text in words[language].items():
        named = set(re.findall(r"\{(\w+)\}", text)) - optional
        assert named == set(re.findall(r"\{(\w+)\}", words["en"][key])) - optional, key


def test_way_writes_zeros_and_points_where_they_belong(modules: "Modules") -> None:
    exercise = {"level": 4, "operation": "*", "a": "1.5", "b": "0.04"}
    way = modules.run(f"{_VIEW}solve/solve.js", "module.solve(given, 'bracket')", exercise)
    assert way["answer"] == "0.06"
    assert read_result(way) == Decimal("0.060")
