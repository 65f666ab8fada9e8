"""Problems as networks meet them: with features and exact values."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tabuada.arithmetic.features import FeatureEncoder, Features
from tabuada.arithmetic.problems import Problems
from trainer.examples import Examples


@dataclass(frozen=True)
class ProblemExamples(Examples):
    """One part of a data set of problems: features (n, width), targets (n, 1).

    Attributes:
        problems: The n problems.
    """

    targets: Features
    problems: Problems


class ProblemDataset(Protocol):
    """The parts of a data set that a network is made from."""

    @property
    def train(self) -> ProblemExamples:
        """What it learned from."""

    @property
    def validation(self) -> ProblemExamples:
        """What it did not learn from."""


def encode_examples(problems: Problems, encoder: FeatureEncoder) -> ProblemExamples:
    """Return problems with their features and exact values, both of the encoder's dtype."""
    targets = problems.exact().astype(encoder.dtype)[:, np.newaxis]
    return ProblemExamples(encoder.encode(problems), targets, problems)
