"""The family `mlp`: plain dense layers on scaled operands."""

from collections.abc import Callable
from typing import Any

import keras

from trainer.schedules import choose_learning_rate
from trainer.spaces import Values
from trainer.tasks.calculation.families.examples import ProblemExamples
from trainer.tasks.calculation.families.mlp.least_squares import (
    DTYPE,
    LeastSquaresNetwork,
    name_layer,
)
from trainer.tasks.calculation.families.mlp.levenberg_marquardt import LevenbergMarquardt
from trainer.tasks.calculation.families.mlp.scaled_targets import ScaledLoss, TargetScaling

_OPTIMIZERS: dict[str, Callable[..., keras.optimizers.Optimizer]] = {
    "rmsprop": keras.optimizers.RMSprop,
    "adagrad": keras.optimizers.Adagrad,
    "nadam": keras.optimizers.Nadam,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
}


def build(values: Values, train: ProblemExamples, *, total_steps: int) -> keras.Model:
    """Build a network with random weights, see `Networks.build`.

    Whatever its layers compute in, it reads and answers numbers of the dtype of the features.
    """
    least_squares = values["optimizer"] == "levenberg_marquardt"
    outside = train.features.dtype.name
    dtype = DTYPE if least_squares else outside
    scaling = TargetScaling.measure(values["target_scaling"], train.targets)
    features = keras.Input((train.features.shape[1],), dtype=outside)
    parts = len(train.problems.operations) if values.get("by_operation") else 1
    scaled = _add_parts(features, values, parts, dtype)
    answer = scaling.restore_values(scaled)
    if least_squares:
        answer = keras.ops.cast(answer, outside)
    network = (LeastSquaresNetwork if least_squares else keras.Model)(features, answer)
    network.compile(
        optimizer=_create_optimizer(values, total_steps, parts),
        loss=ScaledLoss(str(values["loss_function"]), scaling),
        metrics=["mae"],
        jit_compile=False,  # of single steps; epochs are compiled as a whole or not at all
    )
    return network


def finish(network: keras.Model, dataset: object) -> keras.Model:  # noqa: ARG001
    """Return the network as it is, its loss the squared error of its answers.

    That loss is in the same units whatever scaling was trained with, and anyone can load
    what is saved with it: one that least squares fitted becomes a plain model for that.
    """
    optimizer = network.optimizer
    if isinstance(network, LeastSquaresNetwork):
        network, optimizer = keras.Model(network.input, network.output), keras.optimizers.Adam()
        optimizer.build(network.trainable_variables)  # else what is saved has less than is loaded
    network.compile(optimizer=optimizer, loss="mse", metrics=["mae"])
    return network


def _add_parts(features: Any, values: Values, parts: int, dtype: str) -> Any:
    """Add hidden layers and the last one, for all operations or of each operation's own.

    Layers of an operation's own see everything but the operation; that chooses between the answers.

    Args:
        features: Shape (n, width): two operands, one-hot operations, further inputs.
        values: Hyperparameters.
        parts: How many operations have layers of their own; 1 if they share all.
        dtype: Of the layers.
    """
    if parts == 1:
        return _add_layers(features, values, 0, dtype)
    features = keras.ops.cast(features, dtype)
    end = 2 + parts
    numbers = keras.ops.concatenate([features[:, :2], features[:, end:]], 1)
    answers = [_add_layers(numbers, values, part, dtype) for part in range(parts)]
    chosen = keras.ops.concatenate(answers, 1) * features[:, 2:end]
    return keras.ops.sum(chosen, 1, keepdims=True)


def _add_layers(numbers: Any, values: Values, part: int, dtype: str) -> Any:
    hidden = numbers
    layers = int(values["num_layers"])
    for layer in range(layers):
        added = _add_hidden_layer(hidden, values, name_layer(part, layer), dtype)
        # The first layer's input is of another width than its output.
        skips = bool(values["residual"]) and layer > 0
        hidden = keras.layers.Add(dtype=dtype)([hidden, added]) if skips else added
    return keras.layers.Dense(1, dtype=dtype, name=name_layer(part, layers))(hidden)


def _add_hidden_layer(hidden: Any, values: Values, name: str, dtype: str) -> Any:
    decoupled = values["optimizer"] == "adamw"
    penalty = keras.regularizers.L2(values["l2_reg"]) if values["l2_reg"] else None
    dense = keras.layers.Dense(
        values["num_neurons"],
        kernel_regularizer=None if decoupled else penalty,
        dtype=dtype,
        name=name,
    )
    activated = _activate(dense(hidden), str(values["activation"]), dtype)
    return keras.layers.Dropout(values["dropout_rate"], dtype=dtype)(activated)


def _activate(sums: Any, name: str, dtype: str) -> Any:
    if name == "leaky_relu":
        return keras.layers.LeakyReLU(dtype=dtype)(sums)
    if name == "gelu":
        # The exact one is made of erfc, which ONNX does not have.
        return keras.ops.gelu(sums, approximate=True)
    return keras.layers.Activation(name, dtype=dtype)(sums)


def _create_optimizer(values: Values, total_steps: int, parts: int) -> keras.optimizers.Optimizer:
    name = str(values["optimizer"])
    if name == "levenberg_marquardt":
        return LevenbergMarquardt(parts)
    decay = {"weight_decay": float(values["l2_reg"])} if name == "adamw" else {}
    return _OPTIMIZERS[name](choose_learning_rate(values, total_steps), **decay)
