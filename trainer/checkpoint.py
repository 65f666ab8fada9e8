"""The checkpoints of a fit: all that it needs to go on as if nothing had happened.

A checkpoint is one file: a line with the digest of what follows, then an archive of NumPy's. What
was torn, cut off or changed is known by the digest before any of it is parsed. The last two are
kept, so that a damaged one costs the epochs since the one before.
"""

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError, with_config

from trainer.durable_files import remove, write_bytes
from trainer.spaces import Values
from trainer.trial import STRICT, History

Arrays = list[NDArray[Any]]

_FORMAT = b"tabuada checkpoint 1 "
_NAME = re.compile(r"epoch-([0-9]{1,9})\.checkpoint")
_KEPT_FILES = 2
_HISTORY = "history-"


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class FitState:
    """How far a fit has come.

    Attributes:
        values: The hyperparameters that it is of.
        epoch: Epochs done.
        stopped: Whether it ended itself with that epoch.
        variables: What each array is of: name, shape and dtype.
    """

    values: Values
    epoch: int
    stopped: bool
    variables: list[str]


_STATES = TypeAdapter(FitState)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One of them.

    Attributes:
        state: How far the fit has come.
        history: Of these epochs.
        now: The variables after that epoch.
        kept: Those after the epoch that is kept so far; empty where that is the last one.
    """

    state: FitState
    history: History
    now: Arrays
    kept: Arrays = field(default_factory=list)


class Checkpoints:
    """Those of one fit, in a folder of their own.

    Args:
        folder: Where they lie; made with the first.
        say: Told in a line what is wrong with one.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say

    def load(self, values: Values, variables: Sequence[str]) -> Checkpoint | None:
        """Return the latest that is whole and of this very fit; all others are removed.

        Args:
            values: The hyperparameters of the fit.
            variables: What it has arrays of.
        """
        for path in reversed(self._list()):
            try:
                checkpoint = _parse(path.read_bytes())
                _check(checkpoint.state, values, variables)
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else error
                self._say(f"  the checkpoint {path} is of no use, and removed: {reason}")
                remove(path)
            else:
                return checkpoint
        return None

    def write(self, checkpoint: Checkpoint) -> None:
        """Add one, and remove those that are no longer needed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"epoch-{checkpoint.state.epoch}.checkpoint"
        write_bytes(path, _pack(checkpoint))
        for old in self._list()[:-_KEPT_FILES]:
            remove(old)

    def clear(self) -> None:
        """Remove all of them."""
        remove(self._folder)

    def _list(self) -> list[Path]:
        """Return the files, the latest last."""
        if not self._folder.is_dir():
            return []
        numbers = {
            int(match[1]): path
            for path in self._folder.iterdir()
            if (match := _NAME.fullmatch(path.name))
        }
        return [path for _, path in sorted(numbers.items())]


def _pack(checkpoint: Checkpoint) -> bytes:
    state = np.frombuffer(_STATES.dump_json(checkpoint.state), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, state=state, **_name(checkpoint))
    content = buffer.getvalue()
    return _FORMAT + hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def _name(checkpoint: Checkpoint) -> dict[str, NDArray[Any]]:
    """Return the arrays by the names that they have in the file."""
    named: dict[str, NDArray[Any]] = {
        f"{_HISTORY}{name}": np.array(values) for name, values in checkpoint.history.items()
    }
    named |= {f"now-{number}": array for number, array in enumerate(checkpoint.now)}
    return named | {f"kept-{number}": array for number, array in enumerate(checkpoint.kept)}


def _parse(content: bytes) -> Checkpoint:
    """Return the checkpoint that a file holds.

    Raises:
        ValueError: It is damaged, or of another form.
    """
    if not content:
        raise ValueError("it is empty")
    head, _, body = content.partition(b"\n")
    if not head.startswith(_FORMAT):
        raise ValueError("it is damaged, or of another revision of the trainer")
    if head[len(_FORMAT) :] != hashlib.sha256(body).hexdigest().encode():
        raise ValueError("it is damaged: its digest differs")
    with np.load(io.BytesIO(body), allow_pickle=False) as archive:
        arrays = dict(archive)
    try:
        state = _STATES.validate_json(arrays.pop("state").tobytes())
    except ValidationError as error:
        raise ValueError("it is of another revision of the trainer") from error
    history = {
        name.removeprefix(_HISTORY): array.tolist()
        for name, array in arrays.items()
        if name.startswith(_HISTORY)
    }
    numbers = range(len(state.variables))
    now = [arrays[f"now-{number}"] for number in numbers]
    kept = [arrays[f"kept-{number}"] for number in numbers if f"kept-{number}" in arrays]
    return Checkpoint(state, history, now, kept)


def _check(state: FitState, values: Values, variables: Sequence[str]) -> None:
    """Raise ValueError where a checkpoint is of another fit."""
    if state.values != values:
        raise ValueError("it is of other hyperparameters")
    if state.variables != list(variables):
        raise ValueError("it is of another network, from another revision of the trainer perhaps")
