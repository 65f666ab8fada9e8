"""What a family of networks that calculate says beside what every family does."""

from dataclasses import dataclass
from typing import Literal

from trainer.config import Objective
from trainer.family import Family

OBJECTIVE = Objective("mae", "mean absolute error")
"""What networks are judged by: each is compiled with this metric."""


@dataclass(frozen=True, kw_only=True)
class CalculationFamily(Family):
    """A family for the task `calculation`.

    Attributes:
        scaler: How operands are scaled: `standard`, all alike; `by_operation`, those of each
            operation by what its own problems show; `identity`, not at all.
    """

    scaler: Literal["standard", "by_operation", "identity"]
