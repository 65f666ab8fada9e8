"""A family for tests alone: multilayer perceptrons whose operands are scaled by operation."""

from typing import Literal

from trainer.tasks.calculation.families.family import CalculationFamily
from trainer.tasks.calculation.families.mlp.card import CARD
from trainer.tasks.calculation.families.mlp.space import MlpSpace


class ScaledSpace(MlpSpace):
    """That of `mlp`."""

    family: Literal["scaled"]  # type: ignore[assignment]  # its own name


FAMILY = CalculationFamily(
    name="scaled",
    space=ScaledSpace,
    network="trainer.tasks.calculation.families.mlp.network",
    card=CARD,
    answers_by="approximation",
    form="scaled",
    scaler="by_operation",
)
