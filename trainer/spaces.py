"""The search spaces: which hyperparameters a family has, and what may be tried."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    FiniteFloat,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

PositiveInt = Annotated[int, Field(gt=0)]
Values = dict[str, str | int | float | bool]
"""Hyperparameters by name, one value each."""


class Section(BaseModel):
    """A table of a configuration file: no unknown keys, no conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _check_not_empty(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values or len(set(values)) != len(values):
        raise ValueError("expected one or more values, each once")
    return values


class Range(Section):
    """An interval of values for a hyperparameter.

    Attributes:
        min: Least value.
        max: Greatest value.
        sampling: `linear` or `log`: uniform in the value or in its logarithm.
    """

    min: FiniteFloat
    max: FiniteFloat
    sampling: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min < self.max:
            raise ValueError("expected min below max")
        if self.sampling == "log" and self.min <= 0:
            raise ValueError("expected min above 0 for log sampling")
        return self


_Listed = (Field(strict=False), AfterValidator(_check_not_empty))
Integers = Annotated[tuple[PositiveInt, ...], *_Listed]
Floats = Annotated[tuple[FiniteFloat, ...], *_Listed]
Entry = Annotated[
    Annotated[Floats, Tag("choices")] | Annotated[Range, Tag("interval")],
    Discriminator(lambda value: "interval" if isinstance(value, dict | Range) else "choices"),
]
Booleans = Annotated[tuple[bool, ...], *_Listed]
Schedules = Annotated[tuple[Literal["constant", "cosine", "plateau"], ...], *_Listed]


class _Space(Section):
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {}

    @property
    def searched(self) -> dict[str, Range | tuple[Any, ...]]:
        """What may be tried for each hyperparameter that has more than one value."""
        return {
            name: entry
            for name, entry in self._entries()
            if isinstance(entry, Range) or len(entry) > 1
        }

    def complete(self, proposed: Values) -> Values:
        """Return proposed values with those of the hyperparameters that have only one.

        Args:
            proposed: By Keras Tuner, which keeps truth values as 0 and 1.
        """
        values: Values = {}
        for name, entry in self._entries():
            if isinstance(entry, Range):
                values[name] = proposed[name]
            else:
                values[name] = entry[entry.index(proposed.get(name, entry[0]))]
        return values

    def _entries(self) -> Iterator[tuple[str, Any]]:
        return (pair for pair in self if pair[0] != "family")

    @field_validator("*")
    @classmethod
    def _in_bounds(cls, entry: Any, info: ValidationInfo) -> Any:
        bounds = cls.BOUNDS.get(str(info.field_name))
        if bounds is None:
            return entry
        values = (entry.min, entry.max) if isinstance(entry, Range) else entry
        if min(values) < bounds[0] or max(values) >= bounds[1]:
            raise ValueError(
                f"expected values in [{bounds[0]:g}, {bounds[1]:g}). Received: {values}"
            )
        return entry


class MlpSpace(_Space):
    """The hyperparameters of the family `mlp`: a list to choose from, or a range.

    Attributes:
        family: `mlp`.
        num_layers: Hidden layers.
        num_neurons: Units of each hidden layer.
        activation: Activation of the hidden layers; `gelu` in its form with tanh.
        optimizer: Optimizer.
        schedule: Learning rate over the epochs: `constant`, `cosine` down to 0, or `plateau`,
            halved where nothing gets better.
        learning_rate: Initial learning rate.
        l2_reg: Weight of the L2 penalty on the kernels of the hidden layers; for `adamw` its
            decoupled weight decay instead.
        dropout_rate: Share of units dropped after each hidden layer in training.
        residual: Whether each hidden layer but the first adds to what it reads.
        target_scaling: What the last layer learns: the values, `standard` ones or their `asinh`.
        loss_function: Of the scaled values: `mse`, or `huber`, linear for all but small errors.
    """

    BOUNDS: ClassVar = {
        "learning_rate": (0, math.inf),
        "l2_reg": (0, math.inf),
        "dropout_rate": (0, 1),
    }

    family: Literal["mlp"] = "mlp"
    num_layers: Integers
    num_neurons: Integers
    activation: Annotated[
        tuple[Literal["relu", "leaky_relu", "tanh", "silu", "gelu"], ...], *_Listed
    ]
    optimizer: Annotated[
        tuple[Literal["rmsprop", "adagrad", "nadam", "adam", "adamw"], ...], *_Listed
    ]
    schedule: Schedules = ("constant",)
    learning_rate: Entry
    l2_reg: Entry
    dropout_rate: Entry
    residual: Booleans = (False,)
    target_scaling: Annotated[tuple[Literal["none", "standard", "asinh"], ...], *_Listed] = (
        "none",
    )
    loss_function: Annotated[tuple[Literal["mse", "huber"], ...], *_Listed] = ("mse",)


class ArithmeticSpace(_Space):
    """The hyperparameters of the family `arithmetic`: a list to choose from, or a range.

    Attributes:
        family: `arithmetic`.
        initial_scale: Standard deviation of the initial weights.
        schedule: Learning rate over the epochs: `constant`, or `cosine` down to 0.
        learning_rate: Initial learning rate; 1 would be a Newton step.
        ramp_strength: Share of the distance to whole weights that the last step closes.
        ramp_start: Share of the fit after which the ramp begins.
    """

    BOUNDS: ClassVar = {
        "initial_scale": (0, math.inf),
        "learning_rate": (0, 1),
        "ramp_strength": (0, 1),
        "ramp_start": (0, 1),
    }

    family: Literal["arithmetic"]
    initial_scale: Entry
    schedule: Schedules = ("constant",)
    learning_rate: Entry
    ramp_strength: Entry
    ramp_start: Entry


def _name_family(space: Any) -> Any:
    return space.get("family", "mlp") if isinstance(space, dict) else space.family


Space = Annotated[
    Annotated[MlpSpace, Tag("mlp")] | Annotated[ArithmeticSpace, Tag("arithmetic")],
    Discriminator(
        _name_family,
        custom_error_type="unknown_family",
        custom_error_message="expected `family` to be mlp or arithmetic",
    ),
]
