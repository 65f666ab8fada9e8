"""Builds networks of the family `mlp` for tests."""

from typing import Any

import keras

from trainer.spaces import Values
from trainer.tasks.calculation.families import FAMILIES
from trainer.tasks.calculation.families.examples import ProblemExamples

VALUES: Values = {
    "num_layers": 3,
    "num_neurons": 8,
    "activation": "gelu",
    "optimizer": "adam",
    "schedule": "constant",
    "learning_rate": 0.01,
    "l2_reg": 0.001,
    "dropout_rate": 0.0,
    "residual": False,
    "target_scaling": "none",
    "loss_function": "mse",
}


def build_mlp(train: ProblemExamples, **changes: Any) -> keras.Model:
    """Build one with random weights, always the same; changes are to its hyperparameters."""
    keras.config.set_floatx("float32")
    keras.utils.set_random_seed(1)
    return FAMILIES.find("mlp").networks.build({**VALUES, **changes}, train, total_steps=100)
