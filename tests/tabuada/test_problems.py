"""Problems: their balance, their distribution and where they lie."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from tabuada.arithmetic.domains import DomainTable, OperandDomain
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import (
    LogUniformOperands,
    Problems,
    UniformOperands,
    iterate_problems,
    sample_problems,
)
from tabuada.arithmetic.regions import Region
from tabuada.errors import DivisionByZero, EmptyDomain

ALL = OperationSet("+-*/")
SEED_PROTOCOL = UniformOperands(-10, 10, min_divisor=0.1, clip_divisor=0.6)
ANY_DIVISOR = UniformOperands(-10, 10)


def find_outside(domain: OperandDomain, a: Floats, b: Floats) -> list[int]:
    rows: list[int] = DomainTable([domain]).find_outside(np.zeros(len(a), np.int8), a, b).tolist()
    return rows


def join(blocks: list[Problems]) -> Problems:
    return Problems(
        blocks[0].operations,
        np.concatenate([block.a for block in blocks]),
        np.concatenate([block.op for block in blocks]),
        np.concatenate([block.b for block in blocks]),
    )


@pytest.mark.parametrize(
    ("n", "counts"),
    [
        (0, [0, 0, 0, 0]),
        (3, [1, 1, 1, 0]),
        (10_000, [2500] * 4),
        (10_002, [2501, 2501, 2500, 2500]),
    ],
)
def test_sample_balances_the_operations(n: int, counts: list[int]) -> None:
    problems = sample_problems(ALL, n, ANY_DIVISOR, seed=42)
    assert len(problems) == n
    assert np.bincount(problems.op, minlength=4).tolist() == counts
    assert (np.diff(problems.op) >= 0).all()


def test_sample_is_determined_by_the_seed() -> None:
    first, again, other = (sample_problems(ALL, 1000, ANY_DIVISOR, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.a, again.a)
    assert np.array_equal(first.b, again.b)
    assert not np.array_equal(first.a, other.a)


@pytest.mark.parametrize(
    "operands",
    [
        ANY_DIVISOR,
        SEED_PROTOCOL,
        UniformOperands(0, 1),
        UniformOperands(-1, 0, min_divisor=0),
        UniformOperands(5, 7),
        UniformOperands(-10, 0.05),
        UniformOperands(-10, 10, min_divisor=10 - 1e-9),
        UniformOperands(-1e6, 0.2),
        UniformOperands(1, 10, clip_divisor=0.6),
        UniformOperands(-1e150, 1e150, min_divisor=1e-3),
    ],
    ids=str,
)
def test_sample_lies_inside_its_domains(operands: UniformOperands) -> None:
    problems = sample_problems(ALL, 20_000, operands, seed=7)
    for position, symbol in enumerate(ALL.symbols):
        rows = problems.op == position
        assert find_outside(operands.domain(symbol), problems.a[rows], problems.b[rows]) == []
    assert np.isfinite(problems.b).all()


def test_sample_draws_operands_uniformly() -> None:
    problems = sample_problems(OperationSet("+"), 50_000, ANY_DIVISOR, seed=3)
    for operand in (problems.a, problems.b):
        assert stats.kstest(operand, stats.uniform(-10, 20).cdf).pvalue > 0.001


def test_sample_draws_divisors_uniformly_outside_the_gap() -> None:
    b = sample_problems(OperationSet("/"), 50_000, UniformOperands(-4, 1, 0.5), seed=3).b
    # Without the gap the two outer parts become one interval of 3.5 + 0.5.
    closed = np.where(b < 0, b, b - 1.0)
    assert stats.kstest(closed, stats.uniform(-4, 4).cdf).pvalue > 0.001


def test_sample_clips_divisors_only() -> None:
    problems = sample_problems(ALL, 40_000, SEED_PROTOCOL, seed=5)
    divides = problems.op == 3
    divisors = problems.b[divides]
    # Of the magnitudes in [0.1, 10), those from 0.6 on sit on the two ends.
    assert np.isin(divisors, [-0.6, 0.6]).mean() == pytest.approx(9.4 / 9.9, abs=0.01)
    assert abs(divisors).min() >= 0.1
    assert abs(problems.b[~divides]).max() > 9.9
    assert abs(problems.a[divides]).max() > 9.9


@pytest.mark.parametrize("symbols", ["+-*/", "+*/", "-"])
@pytest.mark.parametrize("n", [1, 8192, 20_000])
def test_iterate_gives_blocks_equal_in_count_and_balance(symbols: str, n: int) -> None:
    operations = OperationSet(symbols)
    blocks = list(iterate_problems(operations, n, ANY_DIVISOR, seed=1))
    assert max(map(len, blocks)) <= 8192
    problems = join(blocks)
    assert len(problems) == n
    grouped = sample_problems(operations, n, ANY_DIVISOR, seed=1)
    counted = [np.bincount(p.op, minlength=len(operations)).tolist() for p in (problems, grouped)]
    assert counted[0] == counted[1]


@pytest.mark.parametrize("operands", [ANY_DIVISOR, SEED_PROTOCOL], ids=str)
def test_iterate_draws_from_the_distribution_of_sample(operands: UniformOperands) -> None:
    blocks = join(list(iterate_problems(ALL, 40_000, operands, seed=1)))
    whole = sample_problems(ALL, 40_000, operands, seed=2)
    for position in range(len(ALL)):
        for name in ("a", "b"):
            drawn = (getattr(p, name)[p.op == position] for p in (blocks, whole))
            assert stats.ks_2samp(*drawn).pvalue > 0.001


def test_iterate_is_determined_by_the_seed() -> None:
    first, again = (join(list(iterate_problems(ALL, 9000, ANY_DIVISOR, 4))) for _ in range(2))
    assert np.array_equal(first.a, again.a)
    assert np.array_equal(first.b, again.b)
    assert len(np.unique(first.a)) == 9000, "blocks must not repeat one another"


@pytest.mark.parametrize(
    ("low", "high"),
    [(1, 1), (2, 1), (float("nan"), 1), (0, float("inf")), (-1.7e308, 1.7e308)],
    ids=["no width", "reversed", "nan", "infinite", "too wide"],
)
def test_operands_refuse_an_empty_interval(low: float, high: float) -> None:
    with pytest.raises(EmptyDomain, match=r"lower bound first.*Received"):
        UniformOperands(low, high)


@pytest.mark.parametrize(
    "operands",
    [UniformOperands(-0.05, 0.05), UniformOperands(-10, 10, 0.6, 0.5)],
    ids=["interval", "clip"],
)
def test_operands_refuse_an_interval_without_divisors(operands: UniformOperands) -> None:
    assert len(sample_problems(OperationSet("+-*"), 30, operands, seed=1)) == 30
    with pytest.raises(EmptyDomain, match=r"beyond the least divisor 0\.\d"):
        sample_problems(ALL, 40, operands, seed=1)


def test_domain_contains_its_bounds_and_not_the_gap() -> None:
    domain = SEED_PROTOCOL.domain("/")
    assert [(region.a, region.b) for region in domain.regions] == [((-10, 10), (-0.6, 0.6))]
    a = np.array([0, 0, 0, 0, -10, 10.001, np.nan])
    b = np.array([0.6, 0.1, 0.0999, 0.61, -0.1, 0.5, 0.5])
    assert find_outside(domain, a, b) == [2, 3, 5, 6]


def test_domain_without_division_has_no_gap() -> None:
    domain = SEED_PROTOCOL.domain("x")
    assert (domain.regions[0].b, domain.poles, domain.min_divisor) == ((-10, 10), (), 0)


def test_domain_refuses_reversed_bounds() -> None:
    with pytest.raises(ValidationError, match="lower bound first"):
        Region(a=(1, -1), b=(0, 1))


def test_problems_take_rows_in_the_given_order() -> None:
    problems = sample_problems(ALL, 8, ANY_DIVISOR, seed=1)
    taken = problems.take(np.array([7, 0]))
    assert taken.a.tolist() == [problems.a[7], problems.a[0]]
    assert [taken.symbol(row) for row in range(2)] == ["/", "+"]


def test_problems_without_a_value_are_refused() -> None:
    problems = Problems(ALL, np.ones(1), ALL.encode("/"), np.zeros(1))
    with pytest.raises(DivisionByZero):
        problems.exact()


def test_log_uniform_operands_have_either_sign_and_every_magnitude() -> None:
    problems = sample_problems(OperationSet("+-*/"), 8000, LogUniformOperands(1e-6, 1e6), 1)
    for operands in (problems.a, problems.b):
        assert np.abs(operands).min() >= 1e-6
        assert np.abs(operands).max() <= 1e6
        assert 0.45 < (operands < 0).mean() < 0.55
        decades = np.histogram(np.log10(np.abs(operands)), bins=12, range=(-6, 6))[0]
        assert decades.min() > 500


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (2, 1), (1, np.inf), (np.nan, 1)])
def test_log_uniform_operands_refuse_magnitudes_that_are_none(low: float, high: float) -> None:
    with pytest.raises(EmptyDomain, match="expected finite magnitudes above 0"):
        LogUniformOperands(low, high)
