"""Runs on other ranges: trained, published, and loaded by both runtimes as the service does."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.ranges import load, measure, misses_bar, train
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands, sample_problems
from tabuada.manifests.calculation import as_calculation
from tests.trainer.conftest import TINY, ignoring_warnings
from trainer.presets import load_config
from trainer.tasks.calculation.config import as_calculation_config

LOG = ["data.range=[-1e6, 1e6]", "data.operands=log_uniform", "data.asinh_inputs=[1.0]"]


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(
    ("overrides", "least_divisor"),
    [
        pytest.param(["data.range=[-100, 100]"], 1, id="a hundred"),
        pytest.param(["data.range=[-1000, 1000]"], 10, id="a thousand"),
        pytest.param(["data.range=[0, 1e9]", 'space.target_scaling=["none"]'], 1e7, id="unscaled"),
        pytest.param([*LOG, 'space.target_scaling=["signed_log"]'], 0.1, id="magnitudes"),
        pytest.param(["data.range=[-0.001, 0.001]"], 1e-5, id="a thousandth"),
    ],
)
def test_range_is_trained_published_and_loaded_by_both_runtimes(
    tmp_path: Path,
    overrides: list[str],
    least_divisor: float,
) -> None:
    overrides = [*overrides, "search.trials=1", "fit.jit_compile=false"]
    config = as_calculation_config(load_config("quick", TINY, overrides))
    with ignoring_warnings():
        artifact = train(config, tmp_path)
    signature = as_calculation(artifact.manifest).signature
    assert [domain.regions[0].a for domain in signature.domains] == [config.data.range] * 4
    assert signature.domains[3].min_divisor == least_divisor
    problems = sample_problems(config.data.operation_set, 400, config.data.distribution, 1)
    onnx, tensorflow = (load(artifact, name).predict(problems) for name in ("onnx", "tensorflow"))
    spread = np.abs(problems.exact()).max()
    np.testing.assert_allclose(onnx, tensorflow, rtol=1e-3, atol=1e-5 * spread)
    relative = as_calculation(artifact.manifest).metrics.relative
    assert relative is not None
    assert 0 < relative.overall.median < relative.overall.max
    card = (artifact.folder / "MODEL_CARD.md").read_text("utf-8")
    assert ("drawn log-uniformly" in card) == (config.data.operands == "log_uniform")
    assert f"| {100 * relative.per_operation['+'].median:.2g} % |" in card


def test_rows_of_the_benchmark_are_errors_over_the_squared_range_and_over_each_value() -> None:
    problems = sample_problems(OperationSet("+/"), 1000, UniformOperands(-100, 100, 1), 3)
    exact = problems.exact()
    rows = {row["operation"]: row for row in measure(problems, exact * 1.01, exact * 1.02, 100)}
    assert list(rows) == ["all", "+", "/"]
    assert [row["problems"] for row in rows.values()] == [1000, 500, 500]
    mae = 0.01 * np.abs(exact).mean()
    assert rows["all"]["mae"] == pytest.approx(mae)
    assert rows["all"]["mae_over_range_squared"] == pytest.approx(mae / 100**2)
    for row in rows.values():
        assert row["median_relative_error"] == pytest.approx(0.01)
        assert row["p99_relative_error"] == pytest.approx(0.01)
    assert rows["+"]["runtimes_apart"] == pytest.approx(0.01 / 1.01, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "operation", "share", "relative", "misses"),
    [
        ("wide", "all", 1.9e-5, 9.0, False),
        ("wide", "all", 2.1e-5, 0.0, True),
        ("hundred", "all", float("nan"), 0.0, True),
        ("hundred", "+", 1.0, 9.0, False),
        ("magnitudes", "all", 9.0, 9.0, False),
        ("magnitudes", "*", 9.0, 0.039, False),
        ("magnitudes", "*", 0.0, 0.041, True),
        ("magnitudes", "/", 9.0, 0.079, False),
        ("magnitudes", "/", 9.0, 0.081, True),
        ("magnitudes", "-", 0.0, float("nan"), True),
    ],
)
def test_benchmark_asks_each_range_for_its_own_bar(
    name: str, operation: str, share: float, relative: float, misses: bool
) -> None:
    cell = {"range": name, "operation": operation}
    errors = {"mae_over_range_squared": share, "median_relative_error": relative}
    assert misses_bar({**cell, **errors}) == misses
