"""Keeps a fit: its best epoch in memory, and all that it needs to go on in checkpoints."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Literal, Self

import keras
import numpy as np
import tensorflow as tf

from trainer.checkpoint import Arrays, Checkpoint, Checkpoints, FitState
from trainer.interruption import check_interruption
from trainer.spaces import Values
from trainer.trial import History

INTERVAL_S = 5.0
"""Seconds of a fit after which it writes a checkpoint: what a kill costs at most, and a little."""

_GREATEST_SHARE = 0.02  # of the time of a fit, for checkpoints, where the interval allows it
_LONGEST_S = 9.0


class FitKeeper(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Goes last among the callbacks of a fit, which it brings to where a checkpoint was written.

    Keras' own `BackupAndRestore` does not suffice: it forgets the history, the best epoch and what
    early stopping and the plateau schedule have counted, does not write atomically, and writes
    each epoch or each so many steps.

    Whatever random numbers a fit draws, their state has to be in variables of the network or of
    its optimizer, as that of Keras' layers is.

    Args:
        checkpoints: Where they lie.
        values: The hyperparameters of the fit.
        metrics: Those that its history has.
        monitor: The one by which an epoch is better than another.
        mode: Whether lesser or greater values of it are better.
        keeps: Which epoch is kept: the best, the first of equals, or the last.
        interval_s: Seconds between two checkpoints.
        say: Told where it goes on.

    Attributes:
        ended: Whether there is none left to do.
        history: Of those done.
    """

    def __init__(
        self,
        checkpoints: Checkpoints,
        values: Values,
        *,
        metrics: Sequence[str],
        monitor: str,
        mode: Literal["min", "max"],
        keeps: Literal["best", "last"],
        interval_s: float = INTERVAL_S,
        say: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._checkpoints = checkpoints
        self._values = values
        self._monitor = monitor
        self._sign = 1 if mode == "min" else -1
        self._keeps_best = keeps == "best"
        self._interval_s = interval_s
        self._say = say
        self._followers: Sequence[keras.callbacks.Callback] = ()
        self._flush: Callable[[], None] | None = None
        self._best: float | None = None
        self._kept: Arrays = []
        self._resumed: Checkpoint | None = None
        self._variables: list[Any] = []
        self._written_at = self._pause_s = 0.0
        self._epoch = 0
        self.ended = False
        self.history: History = {name: [] for name in metrics}

    def prepare(
        self,
        network: keras.Model,
        epochs: int,
        followers: Sequence[keras.callbacks.Callback],
    ) -> int:
        """Bring a network, just built, to where its fit was.

        Args:
            network: With all its variables and those of its optimizer.
            epochs: Greatest number of them.
            followers: Callbacks of the fit that know what they do from the metrics of each epoch.

        Returns:
            Epochs done.
        """
        self._followers = followers
        self._variables = list_variables(network)
        self._resumed = self._checkpoints.load(self._values, self._describe())
        if self._resumed is None:
            return 0
        state = self._resumed.state
        self._epoch, self.history = state.epoch, self._resumed.history
        self.ended = state.stopped or state.epoch >= epochs
        self._kept = self._resumed.kept
        for score in self.history[self._monitor]:
            self._is_better(score)
        _assign(self._variables, self._resumed.now)
        self._say(f"  goes on after epoch {self._epoch}, from a checkpoint")
        return self._epoch

    def after(self, flush: Callable[[], None]) -> Self:
        """Call a function before each checkpoint, for what goes to files of its own."""
        self._flush = flush
        return self

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002 -- Keras calls it so
        """Tell the followers, which have just forgotten everything, of the epochs done."""
        for epoch in range(self._epoch):
            told = {name: values[epoch] for name, values in self.history.items()}
            for follower in self._followers:
                follower.on_epoch_end(epoch, dict(told))
        if self._resumed is not None:  # one of them may have changed the learning rate
            _assign(self._variables, self._resumed.now)
        self._written_at, self._pause_s = time.perf_counter(), self._interval_s

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Take an epoch, and write a checkpoint when it is time to."""
        check_interruption()
        self._epoch = epoch + 1
        for name, values in self.history.items():
            values.append(float(logs[name]))
        if self._keeps_best and self._is_better(float(logs[self._monitor])):
            self._kept = _copy(self._variables)
        if time.perf_counter() - self._written_at >= self._pause_s:
            self._write()

    def put_back(self) -> None:
        """Give the network the variables that it had after the epoch that is kept."""
        if self._kept:
            _assign(self._variables, self._kept)

    def _write(self) -> None:
        began = time.perf_counter()
        if self._flush is not None:
            self._flush()
        stopped = bool(self.model.stop_training)
        state = FitState(self._values, self._epoch, stopped, self._describe())
        now = _copy(self._variables)
        self._checkpoints.write(Checkpoint(state, self.history, now, self._kept))
        self._written_at = time.perf_counter()
        # Less often on a disk that takes its time to say that it has something.
        longer_s = min((self._written_at - began) / _GREATEST_SHARE, _LONGEST_S)
        self._pause_s = max(self._interval_s, longer_s) if self._interval_s else 0.0

    def _describe(self) -> list[str]:
        return [f"{v.name} {tuple(v.shape)} {v.dtype}" for v in self._variables]

    def _is_better(self, score: float) -> bool:
        """Return whether an epoch is the best so far, as Keras' callbacks see it."""
        if self._best is None or self._sign * score < self._sign * self._best:
            self._best = score
            return True
        return False


def list_variables(network: keras.Model) -> list[Any]:
    """Return all variables of a network and of its optimizer, always in the same order.

    Among them are the states of random generators, and TensorFlow's own variables that either
    holds beside those that Keras knows of.
    """
    found = [*network.variables, *network.optimizer.variables]
    known = {id(variable.value) for variable in found}
    for root in (network, network.optimizer):
        for part in tf.train.TrackableView(root).descendants():
            if isinstance(part, tf.Variable) and id(part) not in known:
                known.add(id(part))
                found.append(part)
    return found


def _copy(variables: Sequence[Any]) -> Arrays:
    # NumPy might share what the next step writes to.
    return [np.array(variable.numpy()) for variable in variables]


def _assign(variables: Sequence[Any], arrays: Arrays) -> None:
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
