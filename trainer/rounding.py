"""How far rounding alone moves the answers of a network: what runtimes may differ by."""

from typing import TYPE_CHECKING

import numpy as np

from trainer.errors import RuntimesDisagree
from trainer.examples import Array, Features

if TYPE_CHECKING:
    import keras

LEAST = 1e-5
"""How far answers may differ whatever the network, times max(1, |answer|)."""
_DRAWS = 8
_MARGIN = 16
"""Runtimes round each sum and each activation, which are more than the weights."""
_GREATEST = 0.01
"""How far rounding may move an answer, as a share of it or of the network's usual answer."""
_SEED = 20_25


def measure_tolerances(network: "keras.Model", features: Features, answers: Array) -> Array:
    """Measure how far the answers of two runtimes may be apart, from the network itself.

    Runtimes sum in other orders and compute activations by other formulas, so that they differ as
    networks do whose weights are off in the last digit. How much of that is left in an answer is
    the network's own: next to nothing where it gives answers of about 1 as they are, much where
    it scales them up to a million. So the weights are moved by up to a last digit, several times,
    and the answers are watched. Nothing is asked about the layers.

    Args:
        network: features (n, …) -> answers (n, …). It is as it was afterwards.
        features: Some that it answers.
        answers: What it answers.

    Returns:
        For each answer the tolerance, times max(1, |answer|): of the shape of the answers.

    Raises:
        RuntimesDisagree: Rounding moves an answer by more than a hundredth of it and of a usual
            one.
    """
    right = np.asarray(answers, np.float64)
    unit = np.maximum(1, np.abs(right))
    tolerances: Array = _MARGIN * _move_by_rounding(network, features, right) / unit
    usual = np.sqrt(np.square(right).mean())
    greatest = _GREATEST * np.maximum(np.abs(right), usual) / unit
    wild = ~(tolerances <= np.maximum(greatest, LEAST))  # NaN, too, is wild
    if wild.any():
        row = np.unravel_index(wild.argmax(), wild.shape)
        raise RuntimesDisagree(
            "expected answers that the last digit of the weights moves by at most a hundredth. "
            f"Received: {right[row]:.6g} give or take {(tolerances * unit)[row]:.3g}. Nothing was "
            "published. The network takes large numbers from each other: search a larger l2_reg, "
            "a smaller learning rate, or targets that are scaled"
        )
    return np.maximum(tolerances, LEAST)


def _move_by_rounding(network: "keras.Model", features: Features, answers: Array) -> Array:
    """Return the greatest change of each answer, of the shape of the answers."""
    weights = network.get_weights()
    rng = np.random.default_rng(_SEED)
    changes = np.zeros(answers.shape)
    try:
        for _ in range(_DRAWS):
            network.set_weights([_move(value, rng) for value in weights])
            moved = np.asarray(network(features, training=False), np.float64)
            changes = np.maximum(changes, np.abs(moved - answers))
    finally:
        network.set_weights(weights)
    return changes


def _move(weights: Array, rng: np.random.Generator) -> Array:
    """Return weights moved by up to a last digit, either way; whole numbers as they are."""
    if not np.issubdtype(weights.dtype, np.floating):
        return weights
    steps = rng.uniform(-1, 1, weights.shape) * np.finfo(weights.dtype).eps
    moved: Array = (weights * (1 + steps)).astype(weights.dtype)
    return moved
