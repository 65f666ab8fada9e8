"""Keras Tuner's oracle and the search's log, in step with one another."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import keras_tuner
from keras_tuner.engine import trial as trial_module

from trainer.config import TrainerConfig
from trainer.errors import SearchFailed
from trainer.search.bayesian import Bayesian
from trainer.search.event_log import append_event, read_log
from trainer.search.hyperband import Hyperband
from trainer.search.plan import count_combinations, count_trials, tell_outcome
from trainer.spaces import Range, Space
from trainer.trial import TrialResult, TrialTask

_STATUS = trial_module.TrialStatus
_DRAWS_EACH = 20
_MOST_DRAWS = 20_000  # about a second


class Proposer:
    """Proposes trials and takes their results.

    Args:
        config: Of the run.
        folder: The search's folder. What its log holds is replayed into a fresh oracle.

    Attributes:
        results: So far, in the order they ended, those of an interrupted search included.

    Raises:
        SearchFailed: The log does not fit the configuration.
    """

    def __init__(self, config: TrainerConfig, folder: Path) -> None:
        self._config = config
        self._log = folder / "log.jsonl"
        self._oracle = _create_oracle(config)
        self._combinations = count_trials(config) and count_combinations(config.space)
        self.results: list[TrialResult] = []
        self._pending = self._replay()

    def propose(self) -> Iterator[TrialTask | None]:
        """Yield what to try next: what was under way first; None while the oracle waits."""
        yield from self._pending
        # Keras Tuner would go on looking for what it has not tried yet.
        while len(self._oracle.trials) != self._combinations:
            task = self._create()
            if task is None:
                if self._last_status == _STATUS.STOPPED:
                    return
                yield None
                continue
            append_event(self._log, {"task": asdict(task)})
            yield task

    def record(self, result: TrialResult) -> None:
        """Tell the oracle and the log what came of a trial."""
        append_event(self._log, {"result": asdict(result)})
        self._end(result)

    def tell_outcome(self) -> Iterator[str]:
        """Yield what is to be said of a search that did not try what was planned."""
        asked = self._oracle.asked if isinstance(self._oracle, Hyperband) else 0
        replaced = self._oracle.replaced if isinstance(self._oracle, Bayesian) else 0
        return tell_outcome(self._config, len(self.results), replaced=replaced, asked=asked)

    def _replay(self) -> list[TrialTask]:
        """Bring the oracle to where the log ends; return the trials that were under way."""
        pending: dict[str, TrialTask] = {}
        for event in read_log(self._log, self._config):
            if isinstance(event, TrialResult):
                del pending[event.trial]
                self._end(event)
            else:
                task = self._create()
                if task is None or task != event:
                    raise SearchFailed(
                        f"expected the log of this very search in {self._log}. Received: one "
                        "whose proposals differ, from another version of Keras Tuner perhaps. "
                        "Remove the folder to search anew"
                    )
                pending[task.trial] = task
        return list(pending.values())

    def _create(self) -> TrialTask | None:
        # Keras Tuner gives one worker one trial at a time; here each trial is a worker.
        trial = self._oracle.create_trial(f"worker-{len(self._oracle.trials)}")
        self._last_status = trial.status
        if trial.status != _STATUS.RUNNING:
            return None
        values = dict(trial.hyperparameters.values)
        epochs = values.pop("tuner/epochs", self._config.trial_epochs)
        initial = values.pop("tuner/initial_epoch", 0)
        parent = values.pop("tuner/trial_id", None)
        plain = self._config.space.complete(values)
        return TrialTask(trial.trial_id, plain, epochs, initial, parent)

    def _end(self, result: TrialResult) -> None:
        self.results.append(result)
        trial = self._oracle.get_trial(result.trial)
        if result.failed:
            trial.status, trial.message = _STATUS.FAILED, result.reason
        else:
            # The objective alone: each metric would be a Keras object with variables of its own.
            name = self._config.objective.name
            score = {name: result.metrics[name]}
            self._oracle.update_trial(result.trial, score, step=result.best_epoch)
            trial.status = _STATUS.COMPLETED
        self._oracle.end_trial(trial)


def _create_oracle(config: TrainerConfig) -> keras_tuner.Oracle:
    settings = config.search
    common = {
        "objective": keras_tuner.Objective(config.objective.name, config.objective.better),
        "hyperparameters": declare_space(config.space),
        "allow_new_entries": False,
        # Keras Tuner takes seed 0 for "any seed".
        "seed": config.seed or 2**31 - 1,
    }
    if settings.algorithm == "hyperband":
        oracle = Hyperband(max_epochs=config.trial_epochs, factor=settings.factor, **common)
    elif settings.algorithm == "bayesian":
        oracle = Bayesian(max_trials=settings.trials, **common)
    else:
        oracle = keras_tuner.oracles.RandomSearchOracle(max_trials=settings.trials, **common)
    oracle.verbose = 0
    # Keras Tuner takes a space for exhausted after 20 draws of what was tried; then one that few
    # combinations are left of never gives them all.
    draws = _DRAWS_EACH * (count_combinations(config.space) or 1)
    oracle._max_collisions = min(max(_DRAWS_EACH, draws), _MOST_DRAWS)
    # The log is the search's memory. The oracle's own is not written atomically, so that what a
    # kill tears in two cannot be resumed; and it is written whole, twice a trial.
    oracle.save = oracle._save_trial = _do_nothing
    # Failed trials are reported and left; they never end the search. Counting goes over all so far.
    oracle._check_consecutive_failures = _do_nothing
    return oracle


def _do_nothing(*_: object) -> None:
    pass


def declare_space(space: Space) -> keras_tuner.HyperParameters:
    """Return what a space leaves open as Keras Tuner's hyperparameters."""
    declared = keras_tuner.HyperParameters()
    for name, entry in space.searched.items():
        if isinstance(entry, Range):
            declared.Float(name, min_value=entry.min, max_value=entry.max, sampling=entry.sampling)
        else:
            declared.Choice(name, values=list(entry), ordered=False)
    return declared
