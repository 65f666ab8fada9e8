"""Error statistics against scikit-learn's, whole and block by block."""

import numpy as np
import pytest
from sklearn.metrics import (
    max_error,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    median_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from tabuada.arithmetic.error_statistics import (
    WORST,
    ErrorAccumulator,
    ErrorReport,
    summarize_errors,
)
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands, sample_problems
from tabuada.arithmetic.relative_errors import measure_relative_errors
from tabuada.errors import NotRepresentable

ALL = OperationSet("+-*/")


def make_answers(n: int, seed: int = 1) -> tuple[Problems, Floats, Floats]:
    problems = sample_problems(ALL, n, UniformOperands(-10, 10), seed)
    rng = np.random.default_rng(seed)
    problems = problems.take(rng.permutation(n))
    expected = problems.exact()
    return problems, expected, expected + rng.standard_t(3, n)


def add(value: float, n: int) -> Problems:
    return Problems(ALL, np.full(n, value), np.zeros(n, np.int8), np.zeros(n))


@pytest.mark.parametrize("symbol", [None, "+", "-", "*", "/"])
def test_statistics_agree_with_scikit_learn(symbol: str | None) -> None:
    problems, expected, predicted = make_answers(5_000)
    report = summarize_errors(problems, expected, predicted)
    if symbol is not None:
        rows = problems.op == ALL.symbols.index(symbol)
        expected, predicted = expected[rows], predicted[rows]
    found = report.overall if symbol is None else report.per_operation[symbol]
    assert found.n == len(expected)
    assert found.mae == pytest.approx(mean_absolute_error(expected, predicted), rel=1e-12)
    assert found.mse == pytest.approx(mean_squared_error(expected, predicted), rel=1e-12)
    assert found.rmse == pytest.approx(root_mean_squared_error(expected, predicted), rel=1e-12)
    assert found.r2 == pytest.approx(r2_score(expected, predicted), rel=1e-12)
    assert found.median == pytest.approx(median_absolute_error(expected, predicted), rel=1e-12)
    assert found.max == pytest.approx(max_error(expected, predicted), rel=1e-12)
    assert found.p99 == pytest.approx(np.quantile(abs(predicted - expected), 0.99), rel=1e-12)


@pytest.mark.parametrize("rows", [1, 7, 1000, 4999], ids="blocks of {}".format)
def test_statistics_by_blocks_equal_those_of_the_whole(rows: int) -> None:
    problems, expected, predicted = make_answers(5_000)
    accumulator = ErrorAccumulator(ALL)
    for start in range(0, 5_000, rows):
        block = slice(start, start + rows)
        accumulator.add(problems.take(block), expected[block], predicted[block])
    blocks, whole = accumulator.report(), summarize_errors(problems, expected, predicted)
    assert blocks.relative is None  # which a stream of blocks does not keep
    assert blocks.overall.model_dump() == pytest.approx(whole.overall.model_dump(), rel=1e-12)
    for symbol in ALL.symbols:
        assert blocks.per_operation[symbol].model_dump() == pytest.approx(
            whole.per_operation[symbol].model_dump(), rel=1e-12
        )
    assert blocks.worst == whole.worst


def test_statistics_keep_their_digits_far_from_zero() -> None:
    expected = 1e9 + np.arange(1000.0)
    predicted = expected + np.tile([0.5, -0.5], 500)
    accumulator = ErrorAccumulator(ALL)
    for start in range(0, 1000, 10):
        block = slice(start, start + 10)
        accumulator.add(add(0.0, 10), expected[block], predicted[block])
    # Closed form: SST of 0..n-1 is n(n² - 1) / 12.
    assert accumulator.report().overall.r2 == pytest.approx(
        1 - 250 / (1000 * (1000**2 - 1) / 12), abs=1e-12
    )


@pytest.mark.parametrize("n", [1, 3, 10, 9000])
@pytest.mark.parametrize("value", [0.0, 0.1, -1e15 / 3], ids=["zero", "tenth", "third"])
def test_statistics_of_equal_values_have_r2_of_one_or_zero(n: int, value: float) -> None:
    expected = np.full(n, value)
    for shift, r2 in ((0.0, 1.0), (1.0, 0.0)):
        accumulator = ErrorAccumulator(ALL)
        for block in np.array_split(expected, min(n, 3)):
            accumulator.add(add(value, len(block)), block, block + shift)
        assert accumulator.report().overall.r2 == r2


def test_statistics_of_perfect_predictions_are_zero() -> None:
    problems, expected, _ = make_answers(100)
    found = summarize_errors(problems, expected, expected).overall
    assert (found.mae, found.mse, found.rmse, found.max, found.r2) == (0, 0, 0, 0, 1)


def test_report_names_only_the_operations_posed_in_their_order() -> None:
    problems, expected, predicted = make_answers(400)
    rows = np.isin(problems.op, [3, 1])
    report = summarize_errors(problems.take(rows), expected[rows], predicted[rows])
    assert list(report.per_operation) == ["-", "/"]


def test_report_lists_the_worst_first() -> None:
    problems, expected, predicted = make_answers(3_000)
    report = summarize_errors(problems, expected, predicted)
    errors = abs(predicted - expected)
    assert len(report.worst) == WORST == 20
    assert [case.absolute_error for case in report.worst] == sorted(errors, reverse=True)[:20]
    row = int(errors.argmax())
    assert report.worst[0].model_dump() == {
        "a": problems.a[row],
        "op": problems.symbol(row),
        "b": problems.b[row],
        "expected": expected[row],
        "predicted": predicted[row],
        "absolute_error": errors[row],
    }


def test_report_of_few_problems_lists_all_of_them() -> None:
    problems, expected, predicted = make_answers(7)
    assert len(summarize_errors(problems, expected, predicted).worst) == 7


def test_report_survives_json_unchanged() -> None:
    report = summarize_errors(*make_answers(500))
    assert ErrorReport.model_validate_json(report.model_dump_json()) == report


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("column", "what"), [(1, "exact value"), (2, "prediction")])
def test_value_not_finite_is_refused_with_its_row(value: float, column: int, what: str) -> None:
    answers = make_answers(10)
    answers[column][6] = value  # type: ignore[index]
    with pytest.raises(NotRepresentable, match=what) as caught:
        summarize_errors(*answers)
    assert caught.value.index == 6


@pytest.mark.parametrize(
    ("expected", "predicted"),
    [(-1e308, 1e308), (1e308, 0.0), (0.0, 1e200)],
    ids=["the error", "the mean", "the square"],
)
def test_statistic_beyond_float64_is_refused(expected: float, predicted: float) -> None:
    with pytest.raises(NotRepresentable, match="too far apart"):
        summarize_errors(add(0.0, 10), np.full(10, expected), np.full(10, predicted))


def test_report_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one prediction"):
        ErrorAccumulator(ALL).report()


@pytest.mark.parametrize("symbol", [None, "+", "/"])
def test_relative_errors_agree_with_scikit_learn(symbol: str | None) -> None:
    problems, expected, predicted = make_answers(5_000)
    relative = summarize_errors(problems, expected, predicted).relative
    assert relative is not None
    if symbol is not None:
        rows = problems.op == ALL.symbols.index(symbol)
        expected, predicted = expected[rows], predicted[rows]
    found = relative.overall if symbol is None else relative.per_operation[symbol]
    shares = [
        mean_absolute_percentage_error([value], [answer])
        for value, answer in zip(expected, predicted, strict=True)
    ]
    assert found.n == len(expected)
    assert found.median == pytest.approx(np.median(shares), rel=1e-12)
    assert found.p99 == pytest.approx(np.quantile(shares, 0.99), rel=1e-12)
    assert found.max == pytest.approx(max(shares), rel=1e-12)


def test_relative_errors_pass_over_values_of_zero() -> None:
    expected = np.array([0.0, 2.0, -4.0, 0.0, 8.0])
    predicted = np.array([1.0, 3.0, -3.0, 0.0, 8.0])
    shares = measure_relative_errors(expected, predicted)
    np.testing.assert_array_equal(shares, [np.nan, 0.5, 0.25, np.nan, 0.0])
    relative = summarize_errors(add(0.0, 5), expected, predicted).relative
    assert relative is not None
    assert relative.overall.model_dump() == pytest.approx(
        {"n": 3, "median": 0.25, "p99": 0.495, "max": 0.5}
    )
    assert list(relative.per_operation) == ["+"]


@pytest.mark.parametrize(("value", "error"), [(0.0, 1.0), (5e-324, 1.0)], ids=["zero", "tiny"])
def test_relative_errors_that_are_no_numbers_are_left_out(value: float, error: float) -> None:
    expected = np.full(10, value)
    report = summarize_errors(add(0.0, 10), expected, expected + error)
    assert report.relative is None
    assert report.overall.mae == error
