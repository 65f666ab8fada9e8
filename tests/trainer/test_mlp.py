"""Tests of the family `mlp`: what its hyperparameters build, and what it learns to give."""

from pathlib import Path
from typing import get_args

import keras
import numpy as np
import onnxruntime
import pytest

from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands, sample_problems
from tests.trainer.networks import build_mlp
from trainer.schedules import watch_plateau
from trainer.tasks.calculation.families import FAMILIES
from trainer.tasks.calculation.families.examples import ProblemExamples, encode_examples
from trainer.tasks.calculation.families.mlp.scaled_targets import ScaledLoss, TargetScaling
from trainer.tasks.calculation.families.mlp.space import MlpSpace

OPERATIONS = OperationSet("+-*/")
ACTIVATIONS = get_args(MlpSpace.model_fields["activation"].annotation)[0]
KINDS = ("none", "standard", "asinh", "signed_log")


@pytest.fixture(scope="module")
def train() -> ProblemExamples:
    encoder = FeatureEncoder(Scaler(kind="standard", scale=(5.8, 5.8)), OPERATIONS)
    return encode_examples(sample_problems(OPERATIONS, 400, UniformOperands(-10, 10), 1), encoder)


def find_layers(network: keras.Model, kind: type[keras.Layer]) -> list[keras.Layer]:
    return [layer for layer in network.layers if isinstance(layer, kind)]


def test_residual_connections_skip_every_hidden_layer_but_the_first(train: ProblemExamples) -> None:
    plain, residual = build_mlp(train), build_mlp(train, residual=True)
    assert find_layers(plain, keras.layers.Add) == []
    assert len(find_layers(residual, keras.layers.Add)) == 2
    assert residual.count_params() == plain.count_params() == 6 * 8 + 8 + 2 * (64 + 8) + 9
    # With the weights of later layers at zero, only what skips them is left: all or nothing.
    for network in (plain, residual):
        first, *later, _ = find_layers(network, keras.layers.Dense)
        for layer in later:
            layer.set_weights([np.zeros_like(weights) for weights in layer.get_weights()])
    expected = residual.layers[-1](keras.activations.gelu(first(train.features), True))
    np.testing.assert_allclose(residual(train.features), expected, rtol=1e-5, atol=1e-6)
    assert np.ptp(plain(train.features)) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_scaling_restores_what_it_scaled(train: ProblemExamples, kind: str) -> None:
    scaling = TargetScaling.measure(kind, train.targets)
    scaled = scaling.scale_values(train.targets)
    restored = scaling.restore_values(scaled)
    np.testing.assert_allclose(restored, train.targets, rtol=1e-5, atol=1e-5)
    if kind == "standard":
        assert float(np.mean(scaled)) == pytest.approx(0, abs=1e-5)
        assert float(np.std(scaled)) == pytest.approx(1, abs=1e-5)
    if kind == "asinh":
        median = np.median(np.abs(train.targets))
        np.testing.assert_allclose(scaled, np.arcsinh(train.targets / median), rtol=1e-5)


def test_signed_log_weighs_errors_of_all_magnitudes_as_shares_of_them() -> None:
    magnitudes = np.logspace(-7, 12, 2000)
    targets = (magnitudes * np.tile([1, -1], 1000))[:, np.newaxis]
    scaling = TargetScaling.measure("signed_log", targets)
    assert scaling.scale == pytest.approx(np.percentile(magnitudes, 5))
    off = np.asarray(scaling.scale_values(targets * 1.01)) - scaling.scale_values(targets)
    usual = np.abs(off[magnitudes > 10 * scaling.scale])
    np.testing.assert_allclose(usual, np.log(1.01), rtol=0.01)


@pytest.mark.parametrize("kind", ["asinh", "signed_log"])
def test_bound_of_large_targets_restores_what_float32_holds(kind: str) -> None:
    targets = np.array([[1e-3], [1.0], [1e30]], np.float32)
    scaling = TargetScaling.measure(kind, targets)
    restored = np.asarray(scaling.restore_values(np.array([[-1e9], [1e9]], np.float32)))
    assert np.isfinite(restored).all()
    assert restored[1, 0] > 1e30


@pytest.mark.parametrize("kind", KINDS)
def test_scaling_of_targets_without_spread_divides_by_nothing(kind: str) -> None:
    scaling = TargetScaling.measure(kind, np.zeros((4, 1), np.float32))
    np.testing.assert_array_equal(scaling.scale_values(np.zeros((4, 1), np.float32)), 0)


def test_network_answers_in_the_units_of_the_problem(train: ProblemExamples) -> None:
    network = build_mlp(train, target_scaling="asinh", loss_function="huber")
    *_, last = find_layers(network, keras.layers.Dense)
    last.set_weights([np.zeros((8, 1)), np.array([2.0])])
    median = float(np.median(np.abs(train.targets)))
    np.testing.assert_allclose(network(train.features), np.sinh(2.0) * median, rtol=1e-5)


def test_answers_stay_finite_far_outside_the_trained_range(train: ProblemExamples) -> None:
    network = build_mlp(train, target_scaling="asinh", activation="relu")
    far = np.concatenate([train.features[:, :2] * 1e6, train.features[:, 2:]], 1)
    answers = np.asarray(network(far.astype(np.float32)))
    assert np.isfinite(answers).all()
    assert np.abs(answers).max() > np.abs(train.targets).max()


def test_loss_is_of_scaled_values_and_huber_s_is_linear_beyond_its_delta() -> None:
    scaling = TargetScaling("standard", 10.0, 100.0)
    y_true, y_pred = np.array([[10.0], [10.0]]), np.array([[11.0], [110.0]])
    errors = np.array([0.01, 1.0])
    mse = ScaledLoss("mse", scaling)
    assert float(mse(y_true, y_pred)) == pytest.approx(np.mean(errors**2), rel=1e-5)
    huber = ScaledLoss("huber", scaling)
    expected = np.mean([errors[0] ** 2 / 2, 0.02 * (errors[1] - 0.01)])
    assert float(huber(y_true, y_pred)) == pytest.approx(expected, rel=1e-5)
    again = keras.losses.deserialize(keras.losses.serialize(huber))
    assert float(again(y_true, y_pred)) == float(huber(y_true, y_pred))


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of tf2onnx, about names in NumPy
@pytest.mark.parametrize("activation", get_args(ACTIVATIONS))
def test_every_activation_can_be_exported_and_answers_alike(
    train: ProblemExamples, tmp_path: Path, activation: str
) -> None:
    changes = {"activation": activation, "residual": True, "target_scaling": "asinh"}
    network = FAMILIES.find("mlp").networks.finish(build_mlp(train, **changes), None)
    expected = network(train.features)
    network.export(tmp_path / "model.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    (answers,) = session.run(None, {session.get_inputs()[0].name: train.features})
    np.testing.assert_allclose(answers, expected, rtol=1e-5, atol=1e-5)


def test_adamw_decays_weights_and_others_are_penalised(train: ProblemExamples) -> None:
    adam, adamw = build_mlp(train), build_mlp(train, optimizer="adamw")
    assert adam.optimizer.weight_decay is None
    assert adamw.optimizer.weight_decay == 0.001
    assert len(adam.losses) == 3
    assert adamw.losses == []


def test_plateau_halves_the_rate_where_val_loss_stops_falling(train: ProblemExamples) -> None:
    network = build_mlp(train, schedule="plateau")
    (callback,) = watch_plateau({"schedule": "plateau"}, "val_loss", epochs=100)
    callback.set_model(network)
    callback.on_train_begin()
    for epoch in range(6):
        callback.on_epoch_end(epoch, {"val_loss": 1.0})
    assert float(network.optimizer.learning_rate) == pytest.approx(0.005)
    assert watch_plateau({"schedule": "cosine"}, "val_loss", epochs=100) == []
