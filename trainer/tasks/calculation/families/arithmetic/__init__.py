"""The family `arithmetic`: neural units on raw operands, in float64, snapped after training."""

from trainer.tasks.calculation.families.arithmetic.card import CARD
from trainer.tasks.calculation.families.arithmetic.space import ArithmeticSpace
from trainer.tasks.calculation.families.family import CalculationFamily

FAMILY = CalculationFamily(
    name="arithmetic",
    space=ArithmeticSpace,
    network="trainer.tasks.calculation.families.arithmetic.network",
    card=CARD,
    answers_by="computation",
    form="snapped",
    form_before="before snapping",
    scaler="identity",
    dtype="float64",
    # The ramp ends with the fit: an earlier epoch has weights that it has not settled yet.
    keeps="last",
    compared=("schedule",),
)
