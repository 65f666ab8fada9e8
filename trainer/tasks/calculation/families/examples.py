"""Problems as networks meet them: with features and exact values."""

from dataclasses import dataclass

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


def encode_examples(problems: Problems, encoder: FeatureEncoder) -> ProblemExamples:
    """Return problems with their features and exact values, both of the encoder's dtype."""
    targets = problems.exact().astype(encoder.dtype)[:, np.newaxis]
    return ProblemExamples(encoder.encode(problems), targets, problems)
