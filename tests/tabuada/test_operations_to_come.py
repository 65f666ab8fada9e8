"""Operations that nobody ships yet walk the whole road: drawn, checked, encoded, answered.

What is particular to them stands in the operation alone: one operand, a region of its own, places
where it is undefined, poles that come again and again.
"""

import math

import numpy as np
import pytest
from scipy import stats

from service.tasks.calculation.plain_rows import PlainRows
from tabuada.arithmetic.domains import DomainTable
from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import (
    ADDITION,
    DIVISION,
    Operation,
    OperationSet,
    Undefined,
)
from tabuada.arithmetic.problems import (
    DomainOperands,
    Problems,
    UniformOperands,
    iterate_problems,
    sample_problems,
)
from tabuada.arithmetic.regions import Interval, Pole, Region
from tabuada.errors import EmptyDomain, ProblemError


def explain_root(a: float, b: float) -> ProblemError:
    del b
    return ProblemError(
        f"expected a number of 0 or more, since no square is negative. Received: {a!r}", operand="a"
    )


ROOT = Operation(
    "sqrt",
    "square root",
    ("√",),
    lambda a, b: np.sqrt(a),  # noqa: ARG005 -- there and does not matter
    arity=1,
    undefined=Undefined(lambda a, b: a < 0, explain_root),  # noqa: ARG005
    choose_regions=lambda interval: (Region(a=(max(0.0, interval[0]), interval[1])),),
)


def choose_powers(interval: Interval) -> tuple[Region, ...]:
    low, high = interval
    return (Region(a=(0.1, high), b=(-3, 3)), Region(a=(low, -0.1), b=(-3, 3), whole_b=True))


POWER = Operation("^", "power", ("**",), np.power, choose_regions=choose_powers)
TANGENT = Operation(
    "tan",
    "tangent",
    ("tg",),
    lambda a, b: np.tan(np.deg2rad(a)),  # noqa: ARG005
    arity=1,
    poles=(Pole(operand="a", at=90, every=180, distance=2.9),),
    choose_regions=lambda _: (Region(a=(-360, 360)),),
)
OPERATIONS = OperationSet([ADDITION, DIVISION, ROOT, POWER, TANGENT])
OPERANDS = UniformOperands(-10, 10)
DOMAINS = [OPERANDS.domain(operation) for operation in OPERATIONS]


def sample(n: int = 5_000) -> Problems:
    return sample_problems(OPERATIONS, n, OPERANDS, seed=1)


def test_operation_to_come_is_drawn_where_it_is_defined() -> None:
    problems = sample()
    assert np.isfinite(problems.exact()).all()
    assert DomainTable(DOMAINS).find_outside(problems.op, problems.a, problems.b).tolist() == []
    for position, (least, greatest) in enumerate([(-10, 10), (-10, 10), (0, 10)]):
        a = problems.a[problems.op == position]
        assert stats.kstest(a, stats.uniform(least, greatest - least).cdf).pvalue > 0.001


def test_operation_to_come_is_evaluated_on_what_its_domain_holds() -> None:
    operands = DomainOperands(tuple(DOMAINS))
    for block in iterate_problems(OPERATIONS, 20_000, operands, seed=3):
        assert np.isfinite(block.exact()).all()
        assert DomainTable(DOMAINS).find_outside(block.op, block.a, block.b).tolist() == []


def test_operation_with_two_regions_is_drawn_from_both() -> None:
    problems = sample()
    rows = problems.op == 3
    a, b = problems.a[rows], problems.b[rows]
    assert 0.4 < (a < 0).mean() < 0.6
    assert (b[a < 0] == np.rint(b[a < 0])).all()
    assert (b[a > 0] != np.rint(b[a > 0])).any()


def test_operation_with_many_poles_is_drawn_evenly_between_them() -> None:
    angles = sample(50_000)
    a = angles.a[angles.op == 4]
    offsets = np.abs(a - 90 - 180 * np.rint((a - 90) / 180))
    assert offsets.min() >= 2.9
    # Between two poles 174.2 of 180 degrees are left; the gaps closed, angles are uniform.
    left = [(-360, -272.9), (-267.1, -92.9), (-87.1, 87.1), (92.9, 267.1), (272.9, 360)]
    closed, start = np.empty_like(a), 0.0
    for low, high in left:
        rows = (a >= low) & (a <= high)
        closed[rows] = a[rows] - low + start
        start += high - low
    assert stats.kstest(closed, stats.uniform(0, start).cdf).pvalue > 0.001


def test_operation_to_come_is_refused_where_it_is_undefined_with_a_sentence_that_teaches() -> None:
    op = OPERATIONS.encode(["+", "√", "sqrt"])
    with pytest.raises(ProblemError, match="since no square is negative") as caught:
        OPERATIONS.check(op, np.array([-1.0, 4.0, -4.0]), np.zeros(3))
    assert (caught.value.index, caught.value.operand) == (2, "a")


def test_operation_of_one_operand_is_encoded_as_the_others_are() -> None:
    problems = sample(50)
    encoder = FeatureEncoder(Scaler(kind="identity"), OPERATIONS, "float64")
    features = encoder.encode(problems)
    assert features.shape == (50, 7)
    assert features[:, 2:].sum(1).tolist() == [1.0] * 50
    plain = PlainRows(encoder, DOMAINS)
    assert plain.encode([1.0], ["+"], [2.0]) is not None
    assert plain.encode([4.0], ["sqrt"], [0.0]) is None, "these take the way that finds the words"


def test_domain_says_where_an_operation_to_come_is_posed() -> None:
    table = DomainTable(DOMAINS)
    asked = [
        ("sqrt", 4.0, 1e9, True), ("sqrt", -0.1, 0.0, False), ("^", -2.0, 3.0, True),
        ("^", -2.0, 0.5, False), ("^", 2.0, 0.5, True), ("^", 0.05, 1.0, False),
        ("tan", 93.0, 0.0, True), ("tan", 92.0, 0.0, False), ("tan", -270.0, 0.0, False),
        ("/", 1.0, 0.05, False), ("/", 1.0, 0.1, True),
    ]  # fmt: skip
    for sign, a, b, inside in asked:
        found = table.find_outside(OPERATIONS.encode([sign]), np.array([a]), np.array([b]))
        assert len(found) == (not inside), (sign, a, b)


def test_pole_that_leaves_nothing_of_an_interval_is_refused() -> None:
    narrow = Operation(
        "t", "narrow", (), np.add, poles=(Pole(operand="a", at=0, every=1, distance=0.5),)
    )
    with pytest.raises(EmptyDomain, match=r"expected an interval that reaches beyond 0 by 0\.5"):
        OPERANDS.domain(narrow)


def test_exact_values_of_one_row_are_those_of_many() -> None:
    problems = sample(100)
    for row in range(100):
        operation = OPERATIONS[int(problems.op[row])]
        alone = float(operation.evaluate(float(problems.a[row]), float(problems.b[row])))
        assert math.isclose(alone, problems.exact()[row], rel_tol=1e-15)
