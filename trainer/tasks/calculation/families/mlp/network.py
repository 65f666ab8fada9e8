"""The family `mlp`: plain dense layers on scaled operands."""

from collections.abc import Callable
from typing import Any

import keras

from trainer.schedules import choose_learning_rate
from trainer.spaces import Values
from trainer.tasks.calculation.families.examples import ProblemExamples
from trainer.tasks.calculation.families.mlp.scaled_targets import ScaledLoss, TargetScaling

_OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "rmsprop": keras.optimizers.RMSprop,
    "adagrad": keras.optimizers.Adagrad,
    "nadam": keras.optimizers.Nadam,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
}


def build(values: Values, train: ProblemExamples, *, total_steps: int) -> keras.Model:
    """Build a network with random weights, see `Networks.build`."""
    scaling = TargetScaling.measure(values["target_scaling"], train.targets)
    features = keras.Input((train.features.shape[1],))
    hidden = features
    for layer in range(int(values["num_layers"])):
        added = _add_hidden_layer(hidden, values)
        # The first layer's input is of another width than its output.
        skips = bool(values["residual"]) and layer > 0
        hidden = keras.layers.Add()([hidden, added]) if skips else added
    answer = scaling.restore_values(keras.layers.Dense(1)(hidden))
    network = keras.Model(features, answer)
    network.compile(
        optimizer=_create_optimizer(values, total_steps),
        loss=ScaledLoss(str(values["loss_function"]), scaling),
        metrics=["mae"],
        jit_compile=False,  # of single steps; epochs are compiled as a whole or not at all
    )
    return network


def finish(network: keras.Model, dataset: object = None) -> keras.Model:  # noqa: ARG001
    """Return the network as it is, its loss the squared error of its answers.

    That loss is in the same units whatever scaling was trained with, and anyone can load
    what is saved with it.
    """
    network.compile(optimizer=network.optimizer, loss="mse", metrics=["mae"])
    return network


def _add_hidden_layer(hidden: Any, values: Values) -> Any:
    decoupled = values["optimizer"] == "adamw"
    penalty = keras.regularizers.L2(values["l2_reg"]) if values["l2_reg"] else None
    dense = keras.layers.Dense(
        values["num_neurons"], kernel_regularizer=None if decoupled else penalty
    )
    activated = _activate(dense(hidden), str(values["activation"]))
    return keras.layers.Dropout(values["dropout_rate"])(activated)


def _activate(sums: Any, name: str) -> Any:
    if name == "leaky_relu":
        return keras.layers.LeakyReLU()(sums)
    if name == "gelu":
        # The exact one is made of erfc, which ONNX does not have.
        return keras.ops.gelu(sums, approximate=True)
    return keras.layers.Activation(name)(sums)


def _create_optimizer(values: Values, total_steps: int) -> keras.optimizers.Optimizer:
    name = str(values["optimizer"])
    decay = {"weight_decay": float(values["l2_reg"])} if name == "adamw" else {}
    return _OPTIMIZERS[name](choose_learning_rate(values, total_steps), **decay)
