"""The configuration of a run: typed, frozen, checked on the way in."""

import math
from typing import Annotated, Any, Literal, Self

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

from tabuada.operations import OperationSet
from tabuada.problems import UniformOperands
from tabuada.store import check_name

PositiveInt = Annotated[int, Field(gt=0)]
Values = dict[str, str | int | float | bool]
"""Hyperparameters by name, one value each."""
Share = Annotated[float, Field(gt=0, lt=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _check_symbols(symbols: tuple[str, ...]) -> tuple[str, ...]:
    return OperationSet(symbols).symbols


def _check_not_empty(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values or len(set(values)) != len(values):
        raise ValueError("expected one or more values, each once")
    return values


class DataConfig(_Section):
    """The synthetic data set.

    Attributes:
        samples: Problems in all, balanced over the operations.
        operations: Symbols, in the order of the one-hot columns.
        range: Operands are drawn uniformly from here.
        min_divisor: Least magnitude of a divisor.
        clip_divisor: Where given, divisors are clipped to this magnitude.
        validation_share: Part of the problems that monitors training.
        test_share: Part that is kept for the final evaluation.
    """

    samples: PositiveInt
    operations: Annotated[tuple[str, ...], Field(strict=False), AfterValidator(_check_symbols)] = (
        "+",
        "-",
        "*",
        "/",
    )
    range: Annotated[tuple[FiniteFloat, FiniteFloat], Field(strict=False)]
    min_divisor: Annotated[float, Field(gt=0)] = 0.1
    clip_divisor: Annotated[float, Field(gt=0)] | None = None
    validation_share: Share = 0.2
    test_share: Share = 0.2

    @field_validator("range")
    @classmethod
    def _not_empty(cls, interval: tuple[float, float]) -> tuple[float, float]:
        UniformOperands(*interval)
        return interval

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        held_out = self.validation_share + self.test_share
        if held_out >= 1:
            raise ValueError(
                "expected validation_share + test_share below 1, so that training has a part. "
                f"Received: {self.validation_share} + {self.test_share}"
            )
        smallest = min(self.validation_share, self.test_share, 1 - held_out)
        least = math.ceil(len(self.operations) / smallest)
        if self.samples < least:
            raise ValueError(
                f"expected at least {least} samples, so that every part has every operation. "
                f"Received: {self.samples}"
            )
        for symbol in self.operations:
            self.operands.domain(symbol)
        return self

    @property
    def operands(self) -> UniformOperands:
        """The distribution of the operands."""
        return UniformOperands(*self.range, self.min_divisor, self.clip_divisor)

    @property
    def operation_set(self) -> OperationSet:
        """The operations, in one-hot order."""
        return OperationSet(self.operations)


class Range(_Section):
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


Strings = Annotated[tuple[str, ...], Field(strict=False), AfterValidator(_check_not_empty)]
Integers = Annotated[tuple[PositiveInt, ...], Field(strict=False), AfterValidator(_check_not_empty)]
Floats = Annotated[tuple[FiniteFloat, ...], Field(strict=False), AfterValidator(_check_not_empty)]
Entry = Annotated[
    Annotated[Floats, Tag("choices")] | Annotated[Range, Tag("interval")],
    Discriminator(lambda value: "interval" if isinstance(value, dict | Range) else "choices"),
]
Activation = Literal["relu", "leaky_relu", "tanh", "silu"]
Optimizer = Literal["rmsprop", "adagrad", "nadam", "adam"]


class SpaceConfig(_Section):
    """The hyperparameters to search: a list to choose from, or a range.

    Attributes:
        num_layers: Hidden layers.
        num_neurons: Units of each hidden layer.
        activation: Activation of the hidden layers.
        optimizer: Optimizer.
        schedule: Learning rate over the epochs: `constant`, or `cosine` down to 0.
        learning_rate: Initial learning rate.
        l2_reg: Weight of the L2 penalty on the kernels of the hidden layers.
        dropout_rate: Share of units dropped after each hidden layer in training.
    """

    num_layers: Integers
    num_neurons: Integers
    activation: Annotated[
        tuple[Activation, ...], Field(strict=False), AfterValidator(_check_not_empty)
    ]
    optimizer: Annotated[
        tuple[Optimizer, ...], Field(strict=False), AfterValidator(_check_not_empty)
    ]
    schedule: Annotated[
        tuple[Literal["constant", "cosine"], ...],
        Field(strict=False),
        AfterValidator(_check_not_empty),
    ] = ("constant",)
    learning_rate: Entry
    l2_reg: Entry
    dropout_rate: Entry

    @field_validator("learning_rate", "l2_reg", "dropout_rate")
    @classmethod
    def _in_bounds(cls, entry: Entry, info: ValidationInfo) -> Entry:
        values = (entry.min, entry.max) if isinstance(entry, Range) else entry
        limit = 1.0 if info.field_name == "dropout_rate" else float("inf")
        if min(values) < 0 or max(values) >= limit:
            raise ValueError(f"expected values in [0, {limit:g}). Received: {values}")
        return entry


class SearchConfig(_Section):
    """How the space is searched.

    Attributes:
        algorithm: Keras Tuner's `random`, `hyperband` or `bayesian`.
        trials: How many combinations are tried. Hyperband plans its own number.
        factor: Hyperband's reduction factor.
        epochs: Greatest number of epochs of a trial; that of the fit where not given.
        parallel: Trials at a time. 0 takes one a core for `random`, whose proposals do not
            depend on results, and one for the others, so that a seed gives the same trials.
    """

    algorithm: Literal["random", "hyperband", "bayesian"] = "random"
    trials: PositiveInt
    factor: Annotated[int, Field(ge=2)] = 3
    epochs: PositiveInt | None = None
    parallel: Annotated[int, Field(ge=0, le=256)] = 0


class FitConfig(_Section):
    """How a network is fitted.

    Attributes:
        epochs: Greatest number of epochs.
        batch_size: Problems a step.
        patience: Epochs without a better val_loss after which training stops.
    """

    epochs: PositiveInt
    batch_size: PositiveInt = 32
    patience: PositiveInt = 5


class EvaluationConfig(_Section):
    """What is evaluated beside the test part.

    Attributes:
        equations: New equations listed one by one.
        problems: Fresh problems an operation for the predicted-against-exact plots.
    """

    equations: PositiveInt = 20
    problems: PositiveInt = 10_000


class TrainerConfig(_Section):
    """Everything a run depends on.

    Attributes:
        preset: Name of the preset it started from.
        model: Name of the model in the store.
        seed: Seed of the data, the proposals and every network's initial weights.
    """

    preset: str
    model: Annotated[str, AfterValidator(check_name)] = "mlp"
    family: Literal["mlp"] = "mlp"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 42
    data: DataConfig
    space: SpaceConfig
    search: SearchConfig
    fit: FitConfig
    evaluation: EvaluationConfig = EvaluationConfig()

    @property
    def trial_epochs(self) -> int:
        """Greatest number of epochs of a trial."""
        return self.search.epochs or self.fit.epochs
