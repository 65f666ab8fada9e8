"""Tests of the steps of plain dense networks: Keras' own arithmetic, in float64."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.dense_steps import DenseSteps, _advance, _drop
from trainer.epoch import run_epochs_as_one_graph
from trainer.examples import Examples

pytestmark = pytest.mark.usefixtures("float64", "one_thread")

EPOCHS = 2
BATCH = 8
OPTIMIZERS: dict[str, Callable[[], keras.optimizers.Optimizer]] = {
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01),
    "adagrad": lambda: keras.optimizers.Adagrad(0.05),
    "cosine": lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 8)),
}


@pytest.fixture
def float64() -> Any:
    keras.backend.clear_session()  # forgets the policy that layers took their dtype from
    keras.config.set_floatx("float64")
    yield
    keras.backend.clear_session()
    keras.config.set_floatx("float32")


@pytest.fixture(scope="module")
def examples() -> Examples:
    rng = np.random.default_rng(5)
    features = rng.normal(size=(28, 3))  # three whole batches and a rest
    return Examples(features, (features[:, :1] * features[:, 1:2]) + 0.1)


def build(
    optimizer: keras.optimizers.Optimizer, activation: str = "tanh", rate: float = 0.25
) -> keras.Model:
    keras.utils.set_random_seed(11)
    hidden = features = keras.Input((3,))
    for _ in range(2):
        dense = keras.layers.Dense(6, kernel_regularizer=keras.regularizers.L2(0.02))
        leaky = activation == "leaky_relu"
        layer = keras.layers.LeakyReLU() if leaky else keras.layers.Activation(activation)
        hidden = keras.layers.Dropout(rate)(layer(dense(hidden)))
    answer = keras.layers.Rescaling(2.0, 0.5)(keras.layers.Dense(1)(hidden))
    network = keras.Model(features, answer)
    network.compile(optimizer=optimizer, loss=keras.losses.MeanSquaredError(), metrics=["mae"])
    return network


def fit_plainly(network: keras.Model, part: Examples) -> dict[str, list[float]]:
    history: dict[str, list[float]] = network.fit(
        part.features,
        part.targets,
        validation_data=(part.features, part.targets),
        batch_size=BATCH,
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
    ).history
    return history


def fit_as_one_graph(network: keras.Model, part: Examples) -> dict[str, list[float]]:
    run_epochs_as_one_graph(network, batch_size=BATCH, train=part, validation=part)
    in_order = tf.data.Dataset.from_tensors((part.features, part.targets)).repeat()
    history: dict[str, list[float]] = network.fit(
        in_order, steps_per_epoch=1, shuffle=False, epochs=EPOCHS, verbose=0
    ).history
    return history


def finds_steps(network: keras.Model) -> bool:
    network.optimizer.build(network.trainable_variables)
    network.compute_metrics(None, np.zeros((1, 1)), network(np.zeros((1, 3))))
    return DenseSteps.find(network) is not None


@pytest.mark.parametrize(
    ("name", "activation", "rate"),
    [("rmsprop", "tanh", 0.25), ("adagrad", "leaky_relu", 0.1), ("cosine", "silu", 0.0)],
)
def test_steps_are_those_of_keras(
    examples: Examples, name: str, activation: str, rate: float
) -> None:
    plain, own = (build(OPTIMIZERS[name](), activation, rate) for _ in range(2))
    expected, history = fit_plainly(plain, examples), fit_as_one_graph(own, examples)
    assert finds_steps(own)
    for metric, values in expected.items():
        np.testing.assert_allclose(history[metric], values, rtol=1e-5, err_msg=metric)
    # Weights, the states of the seed generators, and the optimizer's variables.
    pairs = zip(
        own.variables + own.optimizer.variables,
        plain.variables + plain.optimizer.variables,
        strict=True,
    )
    for variable, other in pairs:
        np.testing.assert_allclose(variable, other, rtol=1e-5, atol=1e-6, err_msg=variable.path)


def test_dropout_draws_the_masks_of_keras() -> None:
    layer = keras.layers.Dropout(0.3, seed=9)
    values = tf.ones((8, 64), tf.float64)
    seed = layer.seed_generator.state.value + 0
    for step in range(4):
        expected = layer(values, training=True)
        np.testing.assert_array_equal(_drop(values, 0.3, _advance(seed, step)), expected)


def change_nothing(network: keras.Model) -> keras.Model:
    return network


def add_skip(network: keras.Model) -> keras.Model:
    hidden = keras.layers.Dense(3)(network.inputs[0])
    return keras.Model(network.inputs[0], keras.layers.Add()([hidden, network.inputs[0]]))


def add_normalization(network: keras.Model) -> keras.Model:
    layer = keras.layers.BatchNormalization()
    return keras.Model(network.inputs[0], layer(network.outputs[0]))


def penalize_absolutely(network: keras.Model) -> keras.Model:
    layer = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L1(0.1))
    return keras.Model(network.inputs[0], layer(network.outputs[0]))


def constrain(network: keras.Model) -> keras.Model:
    layer = keras.layers.Dense(1, kernel_constraint=keras.constraints.MaxNorm(1.0))
    return keras.Model(network.inputs[0], layer(network.outputs[0]))


def freeze(network: keras.Model) -> keras.Model:
    network.layers[1].trainable = False
    return network


class OwnStep(keras.Model):  # type: ignore[misc]  # Keras has no types
    """A network with a step of its own."""

    def train_step(self, data: Any) -> Any:
        """Do what Keras does, as far as anyone can tell."""
        return super().train_step(data)


def step_alone(network: keras.Model) -> keras.Model:
    return OwnStep(network.inputs[0], network.outputs[0])


@pytest.mark.parametrize(
    ("change", "found"),
    [(change_nothing, True)]
    + [
        (change, False)
        for change in (add_skip, add_normalization, penalize_absolutely, constrain, freeze)
    ]
    + [(step_alone, False)],
)
def test_steps_are_found_for_plain_chains_only(
    change: Callable[[keras.Model], keras.Model], found: bool
) -> None:
    network = change(build(keras.optimizers.Adam()))
    network.compile(optimizer="adam", loss=keras.losses.MeanSquaredError(), metrics=["mae"])
    assert finds_steps(network) == found
