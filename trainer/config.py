"""The configuration of a run: typed, frozen, checked on the way in."""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, FiniteFloat, field_validator, model_validator

from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands
from tabuada.artifacts.storage.names import check_name
from trainer.spaces import PositiveInt, Section, Space

Share = Annotated[float, Field(gt=0, lt=1)]


def _check_symbols(symbols: tuple[str, ...]) -> tuple[str, ...]:
    return OperationSet(symbols).symbols


class DataConfig(Section):
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


class SearchConfig(Section):
    """How the space is searched.

    Attributes:
        algorithm: Keras Tuner's `random`, `hyperband` or `bayesian`.
        trials: How many combinations are tried. Hyperband plans its own number.
        factor: Hyperband's reduction factor.
        epochs: Greatest number of epochs of a trial; that of the fit where not given.
        finalists: The best trials, which are then tried again for longer; their new scores
            decide. 0 leaves it at the first round.
        final_epochs: Greatest number of epochs of a final; that of the fit where not given.
        parallel: Trials at a time. 0 takes one a core, of this machine or of the Ray cluster, for
            `random`, whose proposals do not depend on results, and one for the others, so that a
            seed gives the same trials.
    """

    algorithm: Literal["random", "hyperband", "bayesian"] = "random"
    trials: PositiveInt
    factor: Annotated[int, Field(ge=2)] = 3
    epochs: PositiveInt | None = None
    finalists: Annotated[int, Field(ge=0)] = 0
    final_epochs: PositiveInt | None = None
    parallel: Annotated[int, Field(ge=0, le=256)] = 0


class FitConfig(Section):
    """How a network is fitted.

    Attributes:
        epochs: Greatest number of epochs.
        batch_size: Problems a step.
        monitor: Metric by which an epoch is better than another.
        patience: Epochs without a better one after which training stops.
        reshuffle: Whether each epoch has an order of its own, or all that of the first.
        jit_compile: Whether XLA compiles each epoch: faster, other last digits.
    """

    epochs: PositiveInt
    batch_size: PositiveInt = 32
    monitor: Literal["val_loss", "val_mae"] = "val_loss"
    patience: PositiveInt = 5
    reshuffle: bool = True
    jit_compile: bool = False


class EvaluationConfig(Section):
    """What is evaluated beside the test part.

    Attributes:
        equations: New equations listed one by one.
        problems: Fresh problems an operation for the predicted-against-exact plots.
    """

    equations: PositiveInt = 20
    problems: PositiveInt = 10_000


class TrainerConfig(Section):
    """Everything a run depends on.

    Attributes:
        preset: Name of the preset it started from.
        model: Name of the model in the store.
        seed: Seed of the data, the proposals and every network's initial weights.
    """

    preset: str
    model: Annotated[str, AfterValidator(check_name)] = "mlp"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 42
    data: DataConfig
    space: Space
    search: SearchConfig
    fit: FitConfig
    evaluation: EvaluationConfig = EvaluationConfig()

    @property
    def family(self) -> str:
        """Family of networks."""
        return self.space.family

    @property
    def trial_epochs(self) -> int:
        """Greatest number of epochs of a trial."""
        return self.search.epochs or self.fit.epochs

    @property
    def final_epochs(self) -> int:
        """Greatest number of epochs of a final."""
        return self.search.final_epochs or self.fit.epochs
