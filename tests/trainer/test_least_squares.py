"""Tests of second-order fits: what a step does, what it remembers, what is left to publish."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands, sample_problems
from tests.trainer.networks import build_mlp
from trainer.epoch import run_epochs_as_one_graph, stream_epochs
from trainer.export import export_network, prove_agreement
from trainer.fitting import fit_network
from trainer.presets import load_config
from trainer.tasks.calculation.config import as_calculation_config
from trainer.tasks.calculation.dataset import build_dataset
from trainer.tasks.calculation.families import FAMILIES
from trainer.tasks.calculation.families.examples import ProblemExamples, encode_examples
from trainer.tasks.calculation.families.mlp.least_squares import (
    LeastSquaresNetwork,
    build_system,
)
from trainer.tasks.calculation.families.mlp.levenberg_marquardt import LevenbergMarquardt, System
from trainer.tasks.calculation.families.mlp.scaled_targets import ScaledLoss, TargetScaling

OPERATIONS = OperationSet("+/")
LEAST_SQUARES = {
    "optimizer": "levenberg_marquardt",
    "activation": "tanh",
    "target_scaling": "asinh",
    "num_layers": 2,
    "num_neurons": 5,
    "l2_reg": 0.0,
}


@pytest.fixture(scope="module")
def train() -> ProblemExamples:
    encoder = FeatureEncoder(Scaler(kind="standard", scale=(5.8, 5.8)), OPERATIONS)
    return encode_examples(sample_problems(OPERATIONS, 240, UniformOperands(-10, 10), 1), encoder)


def fit(network: keras.Model, train: ProblemExamples, epochs: int) -> list[float]:
    """Fit a network as a run does; return the loss before each step."""
    run_epochs_as_one_graph(network, batch_size=len(train), train=train)
    stream = stream_epochs(train, reshuffle=False)
    history = network.fit(stream, steps_per_epoch=1, shuffle=False, epochs=epochs, verbose=0)
    losses: list[float] = history.history["loss"]
    return losses


def minimise(
    start: list[float], compute: Callable[[Any], Any], steps: int
) -> tuple[list[float], list[float]]:
    """Minimise the squares of what is computed; return where that led, and the loss on the way."""
    variable = keras.Variable(start, dtype="float64")
    optimizer = LevenbergMarquardt()
    optimizer.build([variable])

    def measure() -> tuple[Any, Any]:
        errors = compute(variable.value)[:, tf.newaxis]
        return errors, tf.reduce_mean(errors**2)

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def step() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(variable.value)
            computed = compute(variable.value)
        jacobian = tape.jacobian(computed, variable.value)
        errors, loss = measure()
        optimizer.descend([System([variable], jacobian, errors, loss, measure)])
        return loss

    losses = [float(step()) for _ in range(steps)]
    assert int(optimizer.iterations) == steps
    return variable.numpy().tolist(), losses


def test_steps_reach_the_solution_of_linear_least_squares() -> None:
    rng = np.random.default_rng(3)
    matrix, right = rng.normal(size=(20, 4)), rng.normal(size=20)
    found, _ = minimise([0.0] * 4, lambda x: tf.linalg.matvec(matrix, x) - right, steps=20)
    np.testing.assert_allclose(found, np.linalg.lstsq(matrix, right)[0], rtol=1e-9)


def test_steps_follow_the_curved_valley_of_rosenbrock_and_never_climb() -> None:
    # Rosenbrock (1960): the usual start, the only minimum at (1, 1).
    found, losses = minimise(
        [-1.2, 1.0], lambda x: tf.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]]), steps=40
    )
    np.testing.assert_allclose(found, [1, 1], rtol=1e-9)
    assert losses == sorted(losses, reverse=True)


def test_step_that_leads_to_no_number_is_taken_back() -> None:
    # Gauss and Newton would step from 1 to -1, where the root is of no real number.
    found, losses = minimise([1.0], lambda x: tf.sqrt(x) + 0.5 * x, steps=30)
    assert 0 <= found[0] < 1
    assert np.isfinite(losses).all()


@pytest.mark.parametrize(("activation", "residual"), [("tanh", False), ("gelu", True)])
def test_derivatives_are_those_that_differences_show(
    train: ProblemExamples, activation: str, residual: bool
) -> None:
    changes = {"num_neurons": 2, "activation": activation, "residual": residual}
    network = build_mlp(train, **LEAST_SQUARES | changes)
    loss: ScaledLoss = network.loss
    expected = loss.scale(tf.cast(train.targets[::40], "float64"))
    (layers,) = network.find_parts()
    system = build_system(network.input, layers, train.features[::40], expected, loss)
    assert system.jacobian.shape == (6, network.count_params())
    column = 0
    for variable in system.variables:
        value = variable.numpy()
        for place in np.ndindex(value.shape):
            errors = []
            for step in (1e-5, -1e-5):
                moved = value.copy()
                moved[place] += step
                variable.assign(moved)
                errors.append(np.asarray(system.measure()[0])[:, 0])
            variable.assign(value)
            slope = (errors[0] - errors[1]) / 2e-5
            np.testing.assert_allclose(system.jacobian[:, column], slope, rtol=1e-6, atol=1e-8)
            column += 1
    assert column == network.count_params()


@pytest.mark.parametrize(("by_operation", "loss"), [(False, "huber"), (True, "mse")])
def test_loss_falls_at_every_step_and_whole_parts_are_asked_for(
    train: ProblemExamples, by_operation: bool, loss: str
) -> None:
    changes = LEAST_SQUARES | {"by_operation": by_operation, "loss_function": loss}
    network = build_mlp(train, **changes)
    assert isinstance(network, LeastSquaresNetwork)
    assert network.whole_part
    losses = fit(network, train, 12)
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] / 5
    assert int(network.optimizer.iterations) == 12
    assert network.optimizer.damping.shape == ((2,) if by_operation else (1,))


def test_fit_asks_for_the_whole_training_part_whatever_the_batch_size_says(tmp_path: Path) -> None:
    changes = ("optimizer=['levenberg_marquardt']", "num_layers=[1]", "num_neurons=[3]")
    config = as_calculation_config(
        load_config("quick", None, ["data.samples=100", *(f"space.{c}" for c in changes)])
    )
    assert config.fit.jit_compile
    values = config.space.complete({"learning_rate": 0.01})
    network, history = fit_network(
        values, build_dataset(config), config, epochs=3, logs=tmp_path / "logs"
    )
    assert int(network.optimizer.iterations) == 3
    assert history["loss"] == sorted(history["loss"], reverse=True)


def test_layers_of_an_operation_s_own_learn_from_its_problems_only(train: ProblemExamples) -> None:
    changes = LEAST_SQUARES | {"by_operation": True}
    divisions = train.problems.op == 1
    others = ProblemExamples(
        train.features, np.where(divisions[:, None], train.targets, 0.0), train.problems
    )
    networks = [build_mlp(train, **changes) for _ in range(2)]
    for network, part in zip(networks, (train, others), strict=True):
        fit(network, part, 4)
    answers = [np.asarray(network(train.features))[:, 0] for network in networks]
    np.testing.assert_allclose(answers[0][divisions], answers[1][divisions], rtol=1e-6)
    assert np.abs(answers[0] - answers[1])[~divisions].max() > 1


def test_fit_goes_on_from_its_weights_and_the_optimizer_s_variables(
    train: ProblemExamples, tmp_path: Path
) -> None:
    whole, first = (build_mlp(train, **LEAST_SQUARES) for _ in range(2))
    losses = fit(whole, train, 8)
    fit(first, train, 5)
    first.save(tmp_path / "first.keras")
    again = keras.saving.load_model(tmp_path / "first.keras")
    np.testing.assert_array_equal(again.optimizer.damping, first.optimizer.damping)
    assert fit(again, train, 3) == losses[5:]
    for weights, others in zip(whole.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, others)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of tf2onnx, about names in NumPy
def test_what_is_published_is_a_plain_model_that_all_runtimes_run_alike(
    train: ProblemExamples, tmp_path: Path
) -> None:
    network = build_mlp(train, **LEAST_SQUARES | {"by_operation": True})
    fit(network, train, 3)
    finished = FAMILIES.find("mlp").networks.finish(network, None)
    assert type(finished) is not LeastSquaresNetwork
    expected = np.asarray(finished(train.features))
    assert expected.dtype == np.float32
    np.testing.assert_array_equal(expected, network(train.features))
    export_network(finished, train.features, tmp_path)
    differences = prove_agreement(tmp_path, train.features, expected, 1e-6)
    assert differences.keys() == {"onnx", "tensorflow"}


def test_weights_give_squares_the_gradient_of_the_loss() -> None:
    errors = tf.constant([[-0.5], [-0.02], [0.001], [0.03]], "float64")
    for kind in ("mse", "huber"):
        loss = ScaledLoss(kind, TargetScaling("none"))
        with tf.GradientTape() as tape:
            tape.watch(errors)
            total = loss.average(errors)
        factor = {"mse": 2, "huber": 1}[kind]
        expected = factor * loss.weigh(errors) ** 2 * errors / len(errors)
        np.testing.assert_allclose(tape.gradient(total, errors), expected, rtol=1e-9)
        keras_loss = loss(tf.zeros_like(errors), errors)
        assert float(total) == pytest.approx(float(keras_loss), rel=1e-5)
