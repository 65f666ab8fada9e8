"""The family `mlp`: multilayer perceptrons, plain dense layers on scaled operands."""

from trainer.tasks.calculation.families.family import CalculationFamily
from trainer.tasks.calculation.families.mlp.card import CARD
from trainer.tasks.calculation.families.mlp.space import MlpSpace

FAMILY = CalculationFamily(
    name="mlp",
    space=MlpSpace,
    network="trainer.tasks.calculation.families.mlp.network",
    card=CARD,
    answers_by="approximation",
    form="mlp",
    scaler="standard",
    dtype="float32",
    keeps="best",
    compared=("activation", "optimizer"),
)
