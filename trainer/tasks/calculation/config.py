"""The configuration of a run that teaches arithmetic."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    FiniteFloat,
    ValidationError,
    field_validator,
    model_validator,
)

from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands
from tabuada.artifacts.storage.names import check_name
from tabuada.showing import show
from trainer.config import Objective, TrainerConfig
from trainer.errors import ConfigInvalid
from trainer.family import Families
from trainer.spaces import PositiveInt, Section
from trainer.tasks.calculation.families import FAMILIES
from trainer.tasks.calculation.families.family import OBJECTIVE, CalculationFamily

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


class EvaluationConfig(Section):
    """What is evaluated beside the test part.

    Attributes:
        equations: New equations listed one by one.
        problems: Fresh problems an operation for the predicted-against-exact plots.
    """

    equations: PositiveInt = 20
    problems: PositiveInt = 10_000


class CalculationConfig(TrainerConfig):
    """Everything such a run depends on.

    Attributes:
        data: The synthetic data set.
        evaluation: What is evaluated beside the test part.
    """

    families: ClassVar[Families[CalculationFamily]] = FAMILIES
    objective: ClassVar[Objective] = OBJECTIVE

    task: Literal["calculation"] = "calculation"
    model: Annotated[str, AfterValidator(check_name)] = "mlp"
    data: DataConfig
    evaluation: EvaluationConfig = EvaluationConfig()

    @property
    def family(self) -> CalculationFamily:
        """Family of networks."""
        return self.families.find(self.space.family)


def as_calculation_config(config: TrainerConfig) -> CalculationConfig:
    """Return a configuration as that of a run that teaches arithmetic.

    Raises:
        ConfigInvalid: It is that of another task.
    """
    if not isinstance(config, CalculationConfig):
        raise ConfigInvalid(f"task: expected calculation. Received: {show(config.task)}. Name it")
    return config


def complete(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a version's configuration with what this release has beside it for its data.

    What an earlier release could not set is as it was then: what stands there by default.
    """
    try:
        data = DataConfig.model_validate(config.get("data"), strict=False)
    except ValidationError:  # of a release that knew other settings
        return dict(config)
    return {**config, "data": data.model_dump(mode="json")}
