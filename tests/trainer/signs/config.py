"""The configuration of a run that learns signs."""

from typing import ClassVar, Literal

from trainer.config import Objective, TrainerConfig
from trainer.family import Families, Family
from trainer.spaces import PositiveInt, Section

FAMILIES: Families[Family] = Families({"dense": "tests.trainer.signs.dense"}, default="dense")


class SignsData(Section):
    """As many sums for training as for validation and for the test."""

    samples: PositiveInt


class SignsEvaluation(Section):
    """Nothing to choose."""


class SignsConfig(TrainerConfig):
    """Everything such a run depends on."""

    families: ClassVar[Families[Family]] = FAMILIES
    objective: ClassVar[Objective] = Objective("accuracy", "share that is right", "max")

    task: Literal["signs"] = "signs"
    model: str = "signs"
    data: SignsData
    evaluation: SignsEvaluation = SignsEvaluation()
