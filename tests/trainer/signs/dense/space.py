"""The hyperparameters of the family `dense`."""

from typing import Literal

from trainer.spaces import Integers, Space


class DenseSpace(Space):
    """The width of its hidden layer."""

    family: Literal["dense"] = "dense"
    units: Integers
