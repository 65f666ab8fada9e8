"""Plain rows are encoded to the last digit as the encoder does, or left alone."""

import numpy as np
import pytest

from service.tasks.calculation.plain_rows import PlainRows
from tabuada.arithmetic.domains import DomainTable, OperandDomain
from tabuada.arithmetic.features import AddedInputs, FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands, sample_problems
from tabuada.arithmetic.regions import Region

OPERATIONS = OperationSet("+-*/")
OPERANDS = UniformOperands(-10, 10)
DOMAINS = [OPERANDS.domain(symbol) for symbol in OPERATIONS.symbols]
ADDED = tuple(
    AddedInputs(function="asinh", size=size, mean=(0.3, -0.1), scale=(2.7, 3.1))
    for size in (0.1, 2.5)
)
SCALERS = {
    "identity": Scaler(kind="identity"),
    "with added inputs": Scaler(
        kind="standard", mean=(0.123, -0.7), scale=(5.77, 3.1), added=ADDED
    ),
    "standard": Scaler(kind="standard", mean=(0.123, -0.7), scale=(5.77, 3.1)),
    "by operation": Scaler(
        kind="by_operation",
        mean=tuple((0.1 * i, -0.3 * i) for i in range(4)),
        scale=tuple((5.7 + i, 1.1 + i) for i in range(4)),
    ),
}
Rows = tuple[list[float], list[str], list[float]]


def list_rows(problems: Problems) -> Rows:
    signs = [problems.symbol(row) for row in range(len(problems))]
    return problems.a.tolist(), signs, problems.b.tolist()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("scaler", SCALERS.values(), ids=SCALERS)
@pytest.mark.parametrize("n", [1, 5, 12, 13, 100, 1000])
def test_plain_rows_are_encoded_to_the_last_digit(scaler: Scaler, dtype: str, n: int) -> None:
    encoder = FeatureEncoder(scaler, OPERATIONS, dtype)
    problems = sample_problems(OPERATIONS, n, OPERANDS, seed=n)
    plain = PlainRows(encoder, DOMAINS)
    encoded = plain.encode(*list_rows(problems))
    assert encoded is not None
    assert encoded.dtype == dtype
    assert encoded.tobytes() == encoder.encode(problems).tobytes()
    assert plain.evaluate(*list_rows(problems)) == problems.exact().tolist()


@pytest.mark.parametrize("n", [3, 30], ids=["few", "many"])
def test_plain_rows_leave_what_lies_outside_or_is_unknown(n: int) -> None:
    plain = PlainRows(FeatureEncoder(SCALERS["standard"], OPERATIONS), DOMAINS)
    rng = np.random.default_rng(1)
    taken = 0
    for _ in range(400):
        a, b = rng.uniform(-10, 10, (2, n))
        op = rng.integers(0, 4, n).astype(np.int8)
        odd = rng.integers(0, n)
        a[odd], b[odd] = rng.choice([10.0001, -11, 3, 10]), rng.choice([0.0, 0.05, -0.1, 10, 12])
        outside = DomainTable(DOMAINS).find_outside(op, a, b)
        problems = Problems(OPERATIONS, a, op, b)
        encoded = plain.encode(*list_rows(problems))
        assert (encoded is None) == bool(len(outside))
        taken += encoded is not None
    assert 20 < taken < 380
    assert plain.encode([1.0] * n, ["+"] * (n - 1) + ["^"], [1.0] * n) is None


@pytest.mark.parametrize(
    "domain",
    [
        OperandDomain(symbol="+", regions=(Region(a=(0, 1), b=(0, 1)), Region(a=(5, 6), b=(5, 6)))),
        OperandDomain(symbol="+", regions=(Region(a=(0, 1)),)),
        OperandDomain(symbol="+", regions=(Region(a=(0, 1), b=(0, 1), whole_b=True),)),
    ],
    ids=["two regions", "one operand", "whole"],
)
def test_plain_rows_leave_an_operation_whose_domain_is_more_than_a_rectangle(
    domain: OperandDomain,
) -> None:
    operations = OperationSet("+-")
    plain = PlainRows(FeatureEncoder(SCALERS["identity"], operations), [domain, DOMAINS[1]])
    for n in (1, 30):
        assert plain.encode([0.5] * n, ["+"] * n, [1.0] * n) is None
        assert plain.encode([0.5] * n, ["-"] * n, [1.0] * n) is not None
