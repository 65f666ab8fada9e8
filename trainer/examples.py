"""What networks learn from and are judged by, whatever the task."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Features = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Examples:
    """One part of a data set.

    Attributes:
        features: Shape (n, …), of the family's dtype.
        targets: What a network is to answer, shape (n, …).
    """

    features: Features
    targets: Array

    def __len__(self) -> int:
        return len(self.features)


class FitParts(Protocol):
    """The parts that a fit needs."""

    @property
    def train(self) -> Examples:
        """What networks learn from."""

    @property
    def validation(self) -> Examples:
        """What decides between networks and epochs."""


class Dataset(FitParts, Protocol):
    """The parts of a data set; that of a task has more."""

    @property
    def test(self) -> Examples:
        """What no choice depends on, by which the chosen network is judged."""


def count_examples(dataset: Dataset) -> dict[str, int]:
    """Return how many examples each part of a data set holds, by name."""
    parts = (dataset.train, dataset.validation, dataset.test)
    return dict(zip(("training", "validation", "test"), map(len, parts), strict=True))
