"""Keras Tuner's Bayesian search, which never proposes the same trial twice.

Where its model is sure of the best combination, Keras Tuner's proposes that one again and again.
With the same seed each is the very same fit: nothing is learned from it. Here a combination that
was not tried is drawn instead; where none is left, the search ends.
"""

from typing import Any

import keras_tuner


class Bayesian(keras_tuner.oracles.BayesianOptimizationOracle):  # type: ignore[misc]  # untyped
    """Bayesian search without repetition.

    Attributes:
        replaced: How many proposals were an earlier trial once more.
    """

    def __init__(self, **settings: Any) -> None:
        self.replaced = 0
        super().__init__(**settings)

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return what to try next, see Keras Tuner's `Oracle`."""
        answer: dict[str, Any] = super().populate_space(trial_id)
        if answer["status"] == "RUNNING" and self._duplicate(answer["values"]):
            self.replaced += 1
            answer = self._random_populate_space()
        return answer
