"""Operands of an interval, log-uniform in their magnitude: their distribution and their domains."""

import numpy as np
import pytest
from scipy import stats

from tabuada.arithmetic.domains import DomainTable
from tabuada.arithmetic.log_operands import LogUniformInterval
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands, sample_problems
from tabuada.arithmetic.sampling import draw_log_uniform
from tabuada.errors import EmptyDomain

ALL = OperationSet("+-*/")
DIVISORS = LogUniformInterval(UniformOperands(-10, 10))
EVERYTHING = LogUniformInterval(UniformOperands(-1e6, 1e6), least=0.1)


@pytest.mark.parametrize(
    "operands",
    [
        DIVISORS,
        EVERYTHING,
        LogUniformInterval(UniformOperands(0, 1e6, min_divisor=1e-6), least=1e-6),
        LogUniformInterval(UniformOperands(-1e300, -1), least=0.5),
        LogUniformInterval(UniformOperands(-10, 0.05), least=0.1),
        LogUniformInterval(UniformOperands(-1e6, 3, min_divisor=1), least=0.1),
        LogUniformInterval(UniformOperands(-10, 10, clip_divisor=0.6)),
        LogUniformInterval(UniformOperands(5, 7), least=1e-3),
    ],
    ids=str,
)
def test_log_operands_lie_inside_their_domains(operands: LogUniformInterval) -> None:
    problems = sample_problems(ALL, 20_000, operands, seed=7)
    table = DomainTable([operands.domain(symbol) for symbol in ALL.symbols])
    assert table.find_outside(problems.op, problems.a, problems.b).tolist() == []


def test_log_operands_have_uniform_logarithms_of_either_sign() -> None:
    problems = sample_problems(ALL, 40_000, EVERYTHING, seed=3)
    for values in (problems.a, problems.b):
        logarithms = np.log10(np.abs(values))
        assert stats.kstest(logarithms, stats.uniform(-1, 7).cdf).pvalue > 0.001
        assert (values < 0).mean() == pytest.approx(0.5, abs=0.01)


def test_log_divisors_leave_all_other_operands_as_they_were() -> None:
    drawn = sample_problems(ALL, 8_000, DIVISORS, seed=1)
    plain = sample_problems(ALL, 8_000, DIVISORS.uniform, seed=1)
    divides = drawn.op == 3
    np.testing.assert_array_equal(drawn.a, plain.a)
    np.testing.assert_array_equal(drawn.b[~divides], plain.b[~divides])
    logarithms = np.log(np.abs(drawn.b[divides]))
    assert stats.kstest(logarithms, stats.uniform(np.log(0.1), np.log(100)).cdf).pvalue > 0.001
    assert DIVISORS.domain("/") == DIVISORS.uniform.domain("/")


def test_log_draw_gives_each_sign_its_share_of_decades() -> None:
    # Three decades below zero, one above.
    values = draw_log_uniform((-1000, 10), 1, 40_000, np.random.default_rng(1))
    assert (values < 0).mean() == pytest.approx(3 / 4, abs=0.01)
    assert stats.kstest(np.log10(values[values > 0]), stats.uniform(0, 1).cdf).pvalue > 0.001


def test_log_operands_keep_away_from_zero_in_every_domain() -> None:
    for symbol in ALL.symbols:
        poles = EVERYTHING.domain(symbol).poles
        assert [(p.operand, p.at, p.distance) for p in poles] == [("a", 0, 0.1), ("b", 0, 0.1)]


def test_log_operands_refuse_an_interval_without_magnitudes() -> None:
    with pytest.raises(EmptyDomain, match="reaches beyond 0 by 20"):
        LogUniformInterval(UniformOperands(-10, 10), least=20)
