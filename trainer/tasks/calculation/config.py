"""The configuration of a run that teaches arithmetic."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import (
    AfterValidator,
    Field,
    FiniteFloat,
    ValidationError,
    field_validator,
    model_validator,
)

from tabuada.arithmetic.log_operands import LogUniformInterval
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands
from tabuada.artifacts.storage.names import check_name
from tabuada.showing import show
from trainer.config import Objective, TrainerConfig
from trainer.errors import ConfigInvalid
from trainer.family import Families
from trainer.spaces import PositiveInt, Section
from trainer.tasks.calculation.families import FAMILIES
from trainer.tasks.calculation.families.family import OBJECTIVE, CalculationFamily

Share = Annotated[float, Field(gt=0, lt=1)]
Positive = Annotated[FiniteFloat, Field(gt=0)]
Sampling = Literal["uniform", "log_uniform"]

_LEAST_SHARE = 100
"""A divisor is at least so many times smaller than the greatest operand, unless told otherwise."""


def _check_symbols(symbols: tuple[str, ...]) -> tuple[str, ...]:
    return OperationSet(symbols).symbols


def _check_once(sizes: tuple[float, ...]) -> tuple[float, ...]:
    if len(set(sizes)) != len(sizes):
        raise ValueError(f"expected each size once. Received: {list(sizes)}. Leave one out")
    return sizes


class DataConfig(Section):
    """The synthetic data set.

    Attributes:
        samples: Problems in all, balanced over the operations.
        operations: Symbols, in the order of the one-hot columns.
        range: Operands are drawn from here.
        operands: How: `uniform`, or `log_uniform` in the magnitude, as many from each decade.
        divisors: How divisors are drawn; as the operands where not given.
        min_magnitude: Least magnitude of operands that are drawn log-uniformly.
        min_divisor: Least magnitude of a divisor; where not given `min_magnitude` for log-uniform
            operands, else a hundredth of the greatest magnitude in the range.
        clip_divisor: Where given, divisors are clipped to this magnitude.
        asinh_inputs: For each of these sizes s, in least divisors, networks also read
            asinh(a / s) and asinh(b / s): linear below s, logarithmic beyond.
        validation_share: Part of the problems that monitors training.
        test_share: Part that is kept for the final evaluation.
    """

    LATER: ClassVar = frozenset({"operands", "divisors", "min_magnitude", "asinh_inputs"})

    samples: PositiveInt
    operations: Annotated[tuple[str, ...], Field(strict=False), AfterValidator(_check_symbols)] = (
        "+",
        "-",
        "*",
        "/",
    )
    range: Annotated[tuple[FiniteFloat, FiniteFloat], Field(strict=False)]
    operands: Sampling = "uniform"
    divisors: Sampling | None = None
    min_magnitude: Positive = 0.1
    min_divisor: Positive
    clip_divisor: Positive | None = None
    asinh_inputs: Annotated[
        tuple[Positive, ...], Field(strict=False), AfterValidator(_check_once)
    ] = ()
    validation_share: Share = 0.2
    test_share: Share = 0.2

    @model_validator(mode="before")
    @classmethod
    def _derive_min_divisor(cls, values: Any) -> Any:
        """Give the least divisor its default, which depends on the other values."""
        if not isinstance(values, dict) or values.get("min_divisor") is not None:
            return values
        try:
            least = max(map(abs, values["range"])) / _LEAST_SHARE
        except (KeyError, TypeError, ValueError):  # no range, which is another rule's to tell
            least = 0.1
        if values.get("operands") == "log_uniform":
            least = values.get("min_magnitude", cls.model_fields["min_magnitude"].default)
        return {**values, "min_divisor": least or 0.1}

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
            self.distribution.domain(symbol)
        return self

    @property
    def distribution(self) -> UniformOperands | LogUniformInterval:
        """The distribution that operands are drawn from."""
        return self._distribute(self.divisors or self.operands, self.clip_divisor)

    @property
    def full_distribution(self) -> UniformOperands | LogUniformInterval:
        """The same with any divisor from the least up, drawn as the other operands are."""
        return self._distribute(self.operands, None)

    def _distribute(
        self, divisors: Sampling, clip: float | None
    ) -> UniformOperands | LogUniformInterval:
        uniform = UniformOperands(*self.range, self.min_divisor, clip)
        if self.operands == "log_uniform":
            return LogUniformInterval(uniform, self.min_magnitude)
        return LogUniformInterval(uniform) if divisors == "log_uniform" else uniform

    @property
    def asinh_sizes(self) -> tuple[float, ...]:
        """The sizes of `asinh_inputs`, in the unit of the operands."""
        return tuple(size * self.min_divisor for size in self.asinh_inputs)

    @property
    def greatest_result(self) -> float:
        """A bound of the magnitudes of results, infinite beyond float64."""
        greatest = max(map(abs, self.range))
        corners = np.array([greatest, -greatest, self.min_divisor])
        a, b = (grid.ravel() for grid in np.meshgrid(corners, corners))
        with np.errstate(over="ignore", invalid="ignore"):
            results = [operation.evaluate(a, b) for operation in self.operation_set]
        return float(np.fmax.reduce(np.abs(results), axis=None))  # NaN where one has no value

    def round(self, problems: Problems, decimals: int) -> Problems:
        """Return problems as tables show them; those of small ranges have more decimals."""
        return problems.round(decimals + max(0, -math.floor(math.log10(max(map(abs, self.range))))))

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

    @model_validator(mode="after")
    def _inputs_fit_the_family(self) -> Self:
        if self.data.asinh_inputs and self.family.scaler == "identity":
            raise ValueError(
                f"expected no asinh_inputs for the family {self.family.name}, which reads the "
                f"operands as they are. Received: {list(self.data.asinh_inputs)}. Leave them out"
            )
        return self

    @model_validator(mode="after")
    def _results_fit_the_dtype(self) -> Self:
        greatest, dtype = self.data.greatest_result, self.family.dtype
        # Losses are of squares.
        limit = math.sqrt(np.finfo(dtype).max)
        if greatest > limit:
            raise ValueError(
                f"expected a range whose results are up to {limit:.1g}, so that {dtype} holds "
                f"their squares. Received: {list(self.data.range)}, with results up to "
                f"{greatest:.1g}. Choose a smaller range, or a larger min_divisor"
            )
        return self

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
