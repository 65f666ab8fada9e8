"""The hyperparameters of the family `arithmetic`."""

import math
from typing import ClassVar, Literal

from trainer.spaces import Entry, Schedules, Space


class ArithmeticSpace(Space):
    """The hyperparameters of the family `arithmetic`: a list to choose from, or a range.

    Attributes:
        family: `arithmetic`.
        initial_scale: Standard deviation of the initial weights.
        schedule: Learning rate over the epochs: `constant`, or `cosine` down to 0.
        learning_rate: Initial learning rate; 1 would be a Newton step.
        ramp_strength: Share of the distance to whole weights that the last step closes.
        ramp_start: Share of the fit after which the ramp begins.
    """

    BOUNDS: ClassVar = {
        "initial_scale": (0, math.inf),
        "learning_rate": (0, 1),
        "ramp_strength": (0, 1),
        "ramp_start": (0, 1),
    }

    family: Literal["arithmetic"]
    initial_scale: Entry
    schedule: Schedules = ("constant",)
    learning_rate: Entry
    ramp_strength: Entry
    ramp_start: Entry
