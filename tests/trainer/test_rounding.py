"""Tests of what runtimes may differ by: measured from a network, whatever its layers."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from trainer.errors import RuntimesDisagree
from trainer.examples import Array
from trainer.export import export_network, prove_agreement
from trainer.rounding import LEAST, measure_tolerances

RNG = np.random.default_rng(5)
FEATURES = RNG.uniform(-1, 1, (2000, 4)).astype(np.float32)


@keras.saving.register_keras_serializable("tests")
class Stretch(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """A layer that nobody here knows: sinh, times a factor."""

    def __init__(self, factor: float, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor

    def call(self, values: Array) -> Array:
        """Return the stretched values."""
        stretched: Array = self.factor * keras.ops.sinh(values)
        return stretched

    def get_config(self) -> dict[str, float]:
        """Return the arguments of the constructor."""
        return {"factor": self.factor}


def build(factor: float, bias: float = 0.0, dtype: str = "float32") -> keras.Model:
    """Build a network whose last layer stretches what the others give."""
    keras.utils.set_random_seed(3)
    constant = keras.initializers.Constant(bias)
    return keras.Sequential(
        [
            keras.Input((4,), dtype=dtype),
            keras.layers.Dense(32, activation="tanh", dtype=dtype),
            keras.layers.Dense(32, activation="silu", dtype=dtype),
            keras.layers.Dense(1, bias_initializer=constant, dtype=dtype),
            Stretch(factor, dtype=dtype),
        ]
    )


def answer(network: keras.Model) -> Array:
    return np.asarray(network(FEATURES), np.float64)


def test_network_of_small_answers_is_allowed_what_every_network_is() -> None:
    network = build(1)
    tolerances = measure_tolerances(network, FEATURES, answer(network))
    assert tolerances.shape == (2000, 1)
    assert (tolerances == LEAST).all()


def test_stretched_answers_are_allowed_more_and_most_where_they_are_small() -> None:
    small, large = build(1), build(1e6)
    answers = answer(large)
    tolerances = measure_tolerances(large, FEATURES, answers)
    allowed = (tolerances * np.maximum(1, np.abs(answers)))[:, 0]
    # As many last digits as in the network that is not stretched, in the unit of the answers.
    assert 1 < allowed.max() / 1e6 / np.finfo(np.float32).eps < 200
    assert tolerances.max() > 2 * LEAST
    np.testing.assert_allclose(answers, 1e6 * answer(small), rtol=1e-5)
    sizes = np.abs(answers[:, 0])
    assert tolerances[sizes.argmin()] > 10 * tolerances[sizes.argmax()]


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of tf2onnx, about names in NumPy
def test_exported_runtimes_keep_to_the_measured_tolerances_and_not_to_a_fixed_one(
    tmp_path: Path,
) -> None:
    network = build(1e6)
    answers = answer(network)
    export_network(network, FEATURES, tmp_path)
    with pytest.raises(RuntimesDisagree, match="answer within 1e-05 of the Keras model"):
        prove_agreement(tmp_path, FEATURES, answers, LEAST)
    tolerances = measure_tolerances(network, FEATURES, answers)
    assert set(prove_agreement(tmp_path, FEATURES, answers, tolerances)) == {"onnx", "tensorflow"}
    wrong = answers + 2 * tolerances * np.maximum(1, np.abs(answers))
    with pytest.raises(RuntimesDisagree, match="more than rounding does"):
        prove_agreement(tmp_path, FEATURES, wrong, tolerances)


def test_measuring_leaves_the_network_as_it_was_and_finds_the_same_again() -> None:
    network = build(1e3)
    before, answers = network.get_weights(), answer(network)
    first = measure_tolerances(network, FEATURES, answers)
    for kept, weights in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, weights)
    np.testing.assert_array_equal(measure_tolerances(network, FEATURES, answers), first)


def test_network_in_float64_is_allowed_no_more_however_it_stretches() -> None:
    network = build(1e6, dtype="float64")
    features = FEATURES.astype(np.float64)
    answers = np.asarray(network(features))
    assert (measure_tolerances(network, features, answers) == LEAST).all()


def test_network_that_takes_large_numbers_from_each_other_is_refused() -> None:
    network = build(1)
    *_, last, _ = network.layers
    kernel, bias = last.get_weights()
    # The difference of two large numbers is what it answers: float32 leaves a digit or two of it.
    wide = np.concatenate([kernel, kernel])[: len(kernel)]
    last.set_weights([wide * 0 + 1e6 * np.where(np.arange(len(kernel)) % 2, 1, -1)[:, None], bias])
    first, second, *_ = network.layers
    for layer in (first, second):
        weights, biases = layer.get_weights()
        layer.set_weights([weights * 0 + weights[:, :1], biases])  # all units alike
    with pytest.raises(RuntimesDisagree, match="the last digit of the weights moves"):
        measure_tolerances(network, FEATURES, answer(network))
