"""What a family of networks that calculate says beside what every family does."""

from dataclasses import dataclass
from typing import Literal

from trainer.family import Family


@dataclass(frozen=True, kw_only=True)
class CalculationFamily(Family):
    """A family for the task `calculation`.

    Attributes:
        scaler: How operands are scaled: `standard`, all alike; `by_operation`, those of each
            operation by what its own problems show; `identity`, not at all.
    """

    scaler: Literal["standard", "by_operation", "identity"]
