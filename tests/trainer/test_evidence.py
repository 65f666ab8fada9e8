"""Tests of what examples allow a snapped unit to answer: what is right, or right beside noise."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from tabuada.arithmetic.operations import Floats
from trainer.tasks.calculation.families.arithmetic.evidence import (
    LEAST_EXAMPLES,
    RULE,
    Evidence,
    find_objection,
    find_rule,
)

Function = Callable[[Floats, Floats], Floats]
Noise = Callable[[Floats, np.random.Generator], Floats]


def gather(
    right: Function,
    snapped: Function,
    *,
    n: int = 2000,
    noise: Noise | None = None,
    soft: Function | None = None,
    seed: int = 0,
    high: float = 10,
) -> Evidence:
    """Return examples of a function from [-high, high], with answers of two others."""
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-high, high, (2, n))
    b = np.where(np.abs(b) < high / 100, high, b)  # a divisor
    results, answers = right(a, b), snapped(a, b)
    if noise:
        results = noise(results, rng)
    return Evidence(
        operands=np.column_stack([a, b]),
        results=results,
        snapped=answers,
        # Whoever goes on learning from batches is somewhat off.
        soft=(soft or (lambda a, b: snapped(a, b) + 0.01 * a))(a, b),
        magnitudes=np.abs(answers) + np.abs(a) + np.abs(b),
        held_out=np.arange(n) >= 3 * n // 4,
    )


def multiply_by_noise(share: float) -> Noise:
    return lambda results, rng: results * (1 + share * rng.normal(size=len(results)))


def add_noise(share: float) -> Noise:
    return lambda results, rng: results + share * results.std() * rng.normal(size=len(results))


def take_first(a: Floats, b: Floats) -> Floats:  # noqa: ARG001
    return a


def answer_zero(a: Floats, b: Floats) -> Floats:  # noqa: ARG001
    return np.zeros_like(a)


FAMILY: dict[str, Function] = {
    "+": np.add,
    "*": np.multiply,
    "/": np.divide,
    "a / (b * b)": lambda a, b: a / (b * b),
}
NOISES: dict[str, Noise] = {
    **{f"multiplied by {share}": multiply_by_noise(share) for share in (0.001, 0.1, 0.3)},
    **{f"{share} of sigma": add_noise(share) for share in (0.01, 0.1)},
    "skewed": lambda r, rng: r + 0.1 * r.std() * (rng.exponential(size=len(r)) - 1),
    "heavy tails": lambda r, rng: r + 0.05 * r.std() * rng.standard_t(3, size=len(r)),
    "float32": lambda r, _: r.astype(np.float32).astype(np.float64),
    "two decimals": lambda r, _: r.round(2),
}


@pytest.mark.parametrize("high", [1e-12, 1e-8, 10.0, 1e6])
@pytest.mark.parametrize("function", FAMILY.values(), ids=FAMILY)
def test_answers_that_are_right_are_allowed_however_few_or_small(
    function: Function, high: float
) -> None:
    assert find_objection(gather(function, function, n=5, high=high)) == ""


def test_order_of_roundings_does_not_matter() -> None:
    evidence = gather(lambda a, b: a**2 / b**3, lambda a, b: a / b * a / b / b)
    assert evidence.errors.max() > 0
    assert find_objection(evidence) == ""


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES)
@pytest.mark.parametrize("name", ["+", "*", "/"])
def test_answers_beside_noise_are_allowed(name: str, noise: Noise) -> None:
    if (name, noise) == ("/", NOISES["two decimals"]):
        pytest.skip("of a result as small as a hundredth, two decimals are no noise")
    for seed in range(5):
        evidence = gather(FAMILY[name], FAMILY[name], noise=noise, seed=seed)
        assert find_objection(evidence) == "", seed


@pytest.mark.parametrize(
    ("right", "snapped", "objection"),
    [
        pytest.param(np.maximum, take_first, "right on .* and wrong on the others", id="max"),
        pytest.param(
            lambda a, b: np.where(a > 9.9, 0, a + b), np.add, "wrong on the others", id="a corner"
        ),
        pytest.param(lambda a, b: a + b + 1e-3, np.add, "go with a constant", id="constant"),
        pytest.param(lambda a, b: a + 1e-9 * b * b, take_first, "go with", id="faint square"),
        pytest.param(lambda a, b: 1.001 * a * b, np.multiply, "go with", id="factor"),
        pytest.param(lambda a, b: np.round(a + b), np.add, "go with", id="rounded"),
        pytest.param(lambda a, b: a + b + np.sin(9 * b), np.add, "go with b", id="wave"),
        pytest.param(
            lambda a, b: a + b + 0.1 * np.sin(2 * a) * np.sin(2 * b), np.add, "go with", id="hills"
        ),
        pytest.param(lambda a, b: 7 * np.sin(a * b), answer_zero, "too little", id="wild"),
    ],
)
def test_other_functions_are_refused_though_the_soft_unit_was_worse(
    right: Function, snapped: Function, objection: str
) -> None:
    evidence = gather(right, snapped, soft=lambda a, b: 100 * a - b)
    assert evidence.errors.mean() < evidence.soft_errors.mean()
    assert re.search(objection, find_objection(evidence))


def test_what_nothing_explains_is_refused_where_zero_is_the_best_answer() -> None:
    evidence = gather(answer_zero, answer_zero, noise=lambda r, rng: rng.normal(size=len(r)))
    assert find_objection(evidence) == "it explains too little of how the results vary"


@pytest.mark.parametrize("size", [1e-9, 1.0])
def test_answers_further_off_than_before_the_ramp_are_refused(size: float) -> None:
    soft = lambda a, b: size * 1.02 * a * b  # noqa: E731
    evidence = gather(soft, lambda a, b: size * a * b, noise=multiply_by_noise(0.05), soft=soft)
    assert find_objection(evidence) == "it is further off than before the ramp"


def test_luck_of_the_draw_does_not_make_right_answers_worse() -> None:
    """Before the ramp, half of all units are closer by a little to the noise that is drawn."""
    for seed in range(20):
        evidence = gather(
            np.add, np.add, noise=add_noise(0.1), soft=lambda a, b: a + 1.002 * b, seed=seed
        )
        assert find_objection(evidence) == "", seed


def test_square_beside_noise_of_its_size_is_refused() -> None:
    evidence = gather(lambda a, b: a + b * b / 99, take_first, noise=add_noise(0.05))
    assert find_objection(evidence) == "its errors are no noise, they go with a constant"


def test_noise_is_not_told_from_another_operation_by_a_few_examples() -> None:
    few = gather(np.add, np.add, noise=add_noise(0.01), n=LEAST_EXAMPLES - 1)
    assert find_objection(few) == "199 examples are too few to tell noise from another operation"
    assert find_objection(gather(np.add, np.add, noise=add_noise(0.01), n=LEAST_EXAMPLES)) == ""


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_answer_that_is_no_number_is_refused(value: float) -> None:
    evidence = gather(np.add, lambda a, b: np.where(a > 9, value, a + b))
    assert find_objection(evidence)
    evidence = gather(lambda a, b: np.where(a > 9, value, a + b), np.add)
    assert find_objection(evidence)


def test_noise_alone_never_comes_near_a_rule() -> None:
    deviations = [
        find_rule(gather(np.multiply, np.multiply, noise=noise, n=400, seed=seed))[1]
        for noise in (add_noise(0.1), multiply_by_noise(0.3))
        for seed in range(50)
    ]
    assert max(deviations) < RULE
    assert np.median(deviations) > 1.5  # the largest of some hundred is no small one
