"""Keras Tuner's Hyperband, which goes on where it would stop in its first round.

A bracket of Hyperband (Li et al., 2018, JMLR 18:185) begins with many short trials and continues
the best of them, round by round. Keras Tuner's waits until its first round is full, which it never
is where the space holds fewer combinations (keras-tuner#676), and until more trials of a round are
complete than it throws out, which they never are where some failed. It then ends, with nothing but
the shortest trials. Here a round counts what there is to come.
"""

import math
from typing import Any

import keras_tuner


class Hyperband(keras_tuner.oracles.HyperbandOracle):  # type: ignore[misc]  # untyped
    """Hyperband over whatever number of combinations, whether trials fail or not."""

    def __init__(self, **settings: Any) -> None:
        self._found: dict[int, int] = {}
        super().__init__(**settings)

    @property
    def asked(self) -> int:
        """How many combinations all first rounds ask for; 0 where they got as many."""
        if not self._found:
            return 0
        return sum(super(Hyperband, self)._get_size(n, 0) for n in range(self._get_num_brackets()))

    def _random_trial(self, trial_id: str, bracket: dict[str, Any]) -> dict[str, Any]:
        number, first = bracket["bracket_num"], bracket["rounds"][0]
        values = self._random_values()
        if values is None:  # nothing new is left: the round is as full as it will be
            self._found[number] = len(first)
            answer: dict[str, Any] = self.populate_space(trial_id)
            return answer
        first.append({"past_id": None, "id": trial_id})
        values |= {
            "tuner/epochs": self._get_epochs(number, 0),
            "tuner/initial_epoch": 0,
            "tuner/bracket": number,
            "tuner/round": 0,
        }
        return {"status": "RUNNING", "values": values}

    def _get_size(self, bracket_num: int, round_num: int) -> int:
        """Return how many trials a round has, of which the next one's are chosen."""
        size: int
        if bracket_num in self._found:
            size = math.ceil(self._found[bracket_num] / self.factor**round_num)
        else:
            size = super()._get_size(bracket_num, round_num)
        if round_num:
            size = min(size, self._get_size(bracket_num, round_num - 1))
        trials = self._list_trials(bracket_num, round_num)
        if len(trials) < size:
            return size
        failed = sum(bool(trial.status == "FAILED") for trial in trials)
        return size - failed

    def _list_trials(self, bracket_num: int, round_num: int) -> list[Any]:
        return [
            self.trials[info["id"]]
            for bracket in self._brackets
            if bracket["bracket_num"] == bracket_num
            for info in bracket["rounds"][round_num]
            if info["id"] in self.trials
        ]
