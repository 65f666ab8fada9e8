"""The hyperparameters of the family `mlp`."""

import math
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from trainer.spaces import Booleans, Entry, Integers, Listed, Range, Schedules, Space


class MlpSpace(Space):
    """The hyperparameters of the family `mlp`: a list to choose from, or a range.

    Attributes:
        family: `mlp`.
        num_layers: Hidden layers.
        num_neurons: Units of each hidden layer.
        activation: Activation of the hidden layers; `gelu` in its form with tanh.
        optimizer: Optimizer. `levenberg_marquardt` sees the whole training part at each step, an
            epoch is one step, and layers are of float64; it has neither penalty nor dropout.
        schedule: Learning rate over the epochs: `constant`, `cosine` down to 0, or `plateau`,
            halved where nothing gets better.
        learning_rate: Initial learning rate; `levenberg_marquardt` has none.
        l2_reg: Weight of the L2 penalty on the kernels of the hidden layers; for `adamw` its
            decoupled weight decay instead.
        dropout_rate: Share of units dropped after each hidden layer in training.
        residual: Whether each hidden layer but the first adds to what it reads.
        by_operation: Whether each operation has hidden layers of its own, so many of so many units.
        target_scaling: What the last layer learns: the values, `standard` ones, their `asinh`, or
            their `signed_log`, in which the errors of all magnitudes weigh alike.
        loss_function: Of the scaled values: `mse`, or `huber`, linear for all but small errors.
    """

    LATER: ClassVar = frozenset({"by_operation"})
    BOUNDS: ClassVar = {
        "learning_rate": (0, math.inf),
        "l2_reg": (0, math.inf),
        "dropout_rate": (0, 1),
    }

    family: Literal["mlp"] = "mlp"
    num_layers: Integers
    num_neurons: Integers
    activation: Annotated[
        tuple[Literal["relu", "leaky_relu", "tanh", "silu", "gelu"], ...], *Listed
    ]
    optimizer: Annotated[
        tuple[Literal["rmsprop", "adagrad", "nadam", "adam", "adamw", "levenberg_marquardt"], ...],
        *Listed,
    ]
    schedule: Schedules = ("constant",)
    learning_rate: Entry
    l2_reg: Entry
    dropout_rate: Entry
    residual: Booleans = (False,)
    by_operation: Booleans = (False,)
    target_scaling: Annotated[
        tuple[Literal["none", "standard", "asinh", "signed_log"], ...], *Listed
    ] = ("none",)
    loss_function: Annotated[tuple[Literal["mse", "huber"], ...], *Listed] = ("mse",)

    @model_validator(mode="after")
    def _least_squares_are_plain(self) -> Self:
        for name in ("l2_reg", "dropout_rate"):
            entry = getattr(self, name)
            greatest = entry.max if isinstance(entry, Range) else max(entry)
            if "levenberg_marquardt" in self.optimizer and greatest > 0:
                raise ValueError(
                    f"expected no {name} beside levenberg_marquardt, which has none. Received: "
                    f"up to {greatest}. Write {name} = [0.0], or leave the optimizer out"
                )
        return self
