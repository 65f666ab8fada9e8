"""Problems as a network meets them: with features and exact values."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.features import FeatureEncoder, Features
from tabuada.arithmetic.problems import Problems


@dataclass(frozen=True, slots=True)
class Examples:
    """One part of a data set.

    Attributes:
        problems: n problems.
        features: Shape (n, 2 + operations), of the family's dtype.
        targets: Exact values, shape (n, 1), of the same dtype.
    """

    problems: Problems
    features: Features
    targets: NDArray[np.floating[Any]]

    def __len__(self) -> int:
        return len(self.problems)


def encode_examples(problems: Problems, encoder: FeatureEncoder) -> Examples:
    """Return problems with their features and exact values."""
    targets = problems.exact().astype(encoder.dtype)[:, np.newaxis]
    return Examples(problems, encoder.encode(problems), targets)
