"""Tests of the data set: shares, balance, and a scaler that sees the training part only."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from tabuada.arithmetic.features import Scaler
from trainer.presets import load_config
from trainer.tasks.calculation.config import as_calculation_config
from trainer.tasks.calculation.dataset import Dataset, build_dataset
from trainer.tasks.calculation.scaling import (
    describe_scaler,
    fit_scaler,
    prove_scaler,
    write_scaler,
)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    config = as_calculation_config(load_config("seed"))
    return build_dataset(config)


def test_dataset_splits_60_20_20_and_keeps_every_part_balanced(dataset: Dataset) -> None:
    parts = (dataset.train, dataset.validation, dataset.test)
    assert [len(part.problems) for part in parts] == [6000, 2000, 2000]
    for part in parts:
        assert len(set(np.bincount(part.problems.op))) == 1


def test_dataset_parts_share_no_problem(dataset: Dataset) -> None:
    parts = (dataset.train, dataset.validation, dataset.test)
    operands = [set(zip(p.problems.a, p.problems.b, strict=True)) for p in parts]
    assert len(set.union(*operands)) == sum(map(len, operands)) == 10_000


def test_scaler_is_fitted_on_the_training_part_only(dataset: Dataset) -> None:
    features = dataset.train.features.astype(np.float64)
    np.testing.assert_allclose(features[:, :2].mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(features[:, :2].std(0), 1, atol=1e-6)
    assert abs(dataset.test.features[:, :2].mean()) > 1e-6  # the test part had no say


def test_features_are_what_the_scikit_learn_scaler_gives(dataset: Dataset) -> None:
    problems = dataset.test.problems
    assert isinstance(dataset.scaler, StandardScaler)
    scaled = dataset.scaler.transform(np.column_stack((problems.a, problems.b)))
    np.testing.assert_array_equal(dataset.test.features[:, :2], scaled.astype(np.float32))
    one_hot = np.eye(4, dtype=np.float32)[problems.op]
    np.testing.assert_array_equal(dataset.test.features[:, 2:], one_hot)


def test_targets_are_the_exact_values(dataset: Dataset) -> None:
    problems = dataset.test.problems
    evaluate = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
    for row in range(0, 2000, 97):
        exact = evaluate[problems.symbol(row)](problems.a[row], problems.b[row])
        assert dataset.test.targets[row, 0] == np.float32(exact)


def test_same_seed_gives_the_same_dataset_and_another_seed_another(dataset: Dataset) -> None:
    config = as_calculation_config(load_config("seed"))
    again = build_dataset(config)
    np.testing.assert_array_equal(again.train.features, dataset.train.features)
    other = build_dataset(config.model_copy(update={"seed": config.seed + 1}))
    assert not np.array_equal(other.train.features, dataset.train.features)


def test_added_inputs_are_scaled_by_the_training_part_and_read_by_the_service() -> None:
    overrides = ["data.samples=800", "data.range=[-1000, 1000]", "data.asinh_inputs=[1.0, 20.0]"]
    dataset = build_dataset(as_calculation_config(load_config("quick", None, overrides)))
    scaler = describe_scaler(dataset.scaler)
    assert [added.size for added in scaler.added] == [10, 200]  # the least divisor is 10
    features = dataset.train.features.astype(np.float64)
    assert features.shape[1] == dataset.encoder.width == 10
    np.testing.assert_allclose(features[:, 6:].mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(features[:, 6:].std(0), 1, atol=1e-6)
    problems = dataset.test.problems
    unscaled = dataset.test.features[:, 6] * scaler.added[0].scale[0] + scaler.added[0].mean[0]
    np.testing.assert_allclose(10 * np.sinh(unscaled), problems.a, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("sizes", [(), (0.1,), (0.1, 7.0)], ids=str)
@pytest.mark.parametrize("kind", ["standard", "by_operation", "identity"])
def test_scaler_files_hold_the_same_numbers(
    kind: Literal["standard", "by_operation", "identity"],
    sizes: tuple[float, ...],
    dataset: Dataset,
    tmp_path: Path,
) -> None:
    write_scaler(tmp_path, fit_scaler(kind, dataset.train.problems, sizes))
    prove_scaler(tmp_path)
    scaler = Scaler.model_validate_json((tmp_path / "scaler.json").read_bytes())
    assert (scaler.kind, tuple(added.size for added in scaler.added)) == (kind, sizes)
