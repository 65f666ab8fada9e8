"""The families of networks that calculate, one line each."""

from trainer.family import Families
from trainer.tasks.calculation.families.family import CalculationFamily

FAMILIES: Families[CalculationFamily] = Families(
    {
        "mlp": "trainer.tasks.calculation.families.mlp",
        "arithmetic": "trainer.tasks.calculation.families.arithmetic",
    },
    default="mlp",
)
