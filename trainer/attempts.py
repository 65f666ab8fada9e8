"""How long a run and each of its stages took, over all attempts, and on what.

A line is written when one begins and another when it ends. Of an attempt that was killed there is
no second line: how long it lived is then told by the time of the file, which the attempt keeps
touching. None of this decides anything: where it cannot be written or read, the run goes on.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import joblib
from pydantic import Field, TypeAdapter, ValidationError

from tabuada.manifests.manifest import RunRecord
from trainer.results.provenance import find_processor
from trainer.run import Run
from trainer.spaces import PositiveInt, Section

WHOLE = "whole"
"""What the time of a command is recorded under, from its beginning to its end."""
_TOUCH_EVERY_S = 2.0
_Seconds = Annotated[float, Field(ge=0, lt=1e11)]  # neither infinite nor no number


class _Begin(Section):
    begin: str
    at: _Seconds
    cores: PositiveInt
    processors: tuple[str, ...]


class _End(Section):
    end: str
    seconds: _Seconds
    complete: bool


_LINES: TypeAdapter[_Begin | _End] = TypeAdapter(_Begin | _End)


@dataclass(slots=True)
class _Told:
    """What the lines say, up to one of them.

    Attributes:
        seconds: By stage, and of the whole.
        ended: The stages that came to their end.
        under_way: When each began that has no end yet.
        started: When the first began.
        processors: What it ran on, each once.
        cores: How many there were at last.
        interruptions: How many stages did not come to their end.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    under_way: dict[str, float] = field(default_factory=dict)
    started: float | None = None
    processors: dict[str, None] = field(default_factory=dict)
    cores: int | None = None
    interruptions: int = 0

    def take(self, line: _Begin | _End) -> None:
        """Go on by one line."""
        if isinstance(line, _Begin):
            self._begin(line.begin, line.at)
            self.processors |= dict.fromkeys(line.processors)
            self.cores = line.cores
        else:
            self._end(line.end, line.seconds, complete=line.complete)

    def cut_off(self, at: float) -> None:
        """End what is under way: it was killed, or counts up to now."""
        for stage, began in list(self.under_way.items()):
            self._end(stage, max(0.0, at - began), complete=False)

    def _begin(self, stage: str, at: float) -> None:
        if stage in self.ended:  # it is done anew
            self.ended.remove(stage)
            self.seconds[stage] = 0.0
        self.under_way[stage] = at
        self.started = at if self.started is None else self.started

    def _end(self, stage: str, seconds: float, *, complete: bool) -> None:
        self.under_way.pop(stage, None)
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
        if stage != WHOLE:  # which any number of commands make up
            self.interruptions += not complete
            self.ended |= {stage} if complete else set()


@contextlib.contextmanager
def timing(run: Run, stage: str, accelerators: Sequence[str] = ()) -> Iterator[None]:
    """Record an attempt at a stage for as long as the block runs.

    Args:
        run: Whose it is.
        stage: Its name, or `WHOLE`.
        accelerators: What computes beside this machine's processor.
    """
    path = _locate(run)
    with contextlib.ExitStack() as stack:
        log: TextIO | None = None
        with contextlib.suppress(OSError):
            _end_killed(path, within=stage)
            # Held open, since publishing renames the folder.
            log = stack.enter_context(path.open("a", encoding="utf-8"))
            stack.callback(_keep_touching(log))
        processors = (find_processor(), *accelerators)
        cores = joblib.cpu_count()  # of this container, where it has a limit
        _append(log, _Begin(begin=stage, at=time.time(), cores=cores, processors=processors))
        began, complete = time.perf_counter(), False
        try:
            yield
            complete = True
        finally:
            seconds = time.perf_counter() - began
            _append(log, _End(end=stage, seconds=seconds, complete=complete))


def record_run(run: Run, examples: dict[str, int], others: Sequence[str] = ()) -> RunRecord:
    """Return how a run went; what is under way counts up to now.

    Args:
        run: The run.
        examples: How many each part of its data set holds.
        others: Processors of other machines that trials ran on.
    """
    now = time.time()
    told = _read(_locate(run))
    interruptions = told.interruptions
    told.cut_off(now)
    stages = {name: round(seconds, 1) for name, seconds in told.seconds.items() if name != WHOLE}
    started = datetime.fromtimestamp(now if told.started is None else told.started, UTC)
    return RunRecord(
        started_at=started.isoformat(timespec="seconds"),
        processors=tuple(dict.fromkeys([*told.processors, *others])) or (find_processor(),),
        cores=told.cores or joblib.cpu_count(),
        stages_s=stages,
        whole_s=round(max(told.seconds.get(WHOLE, 0.0), sum(stages.values())), 1),
        interruptions=interruptions,
        examples=examples,
    )


def _locate(run: Run) -> Path:
    return run.folder / "attempts.jsonl"


def _read(path: Path) -> _Told:
    """Return what the lines of a file tell that can be read."""
    told = _Told()
    with contextlib.suppress(OSError):
        for line in path.read_bytes().splitlines():
            with contextlib.suppress(ValidationError):
                told.take(_LINES.validate_json(line))
    return told


def _end_killed(path: Path, within: str) -> None:
    """Write the end of attempts that have none, before another begins in this process."""
    told = _read(path)
    if not told.under_way or (WHOLE in told.under_way and within != WHOLE):
        return  # what the latter is within is this process' own
    touched = path.stat().st_mtime
    with path.open("a", encoding="utf-8") as log:
        for stage, began in told.under_way.items():
            _append(log, _End(end=stage, seconds=max(0.0, touched - began), complete=False))


def _append(log: TextIO | None, line: _Begin | _End) -> None:
    if log is not None:
        with contextlib.suppress(OSError):
            log.write(line.model_dump_json() + "\n")
            log.flush()


def _keep_touching(log: TextIO) -> Callable[[], None]:
    """Set a file's time to now, again and again; return what ends that."""
    ended = threading.Event()

    def touch() -> None:
        while not ended.wait(_TOUCH_EVERY_S):
            with contextlib.suppress(OSError):
                os.utime(log.fileno())

    thread = threading.Thread(target=touch, daemon=True)
    thread.start()

    def stop() -> None:
        ended.set()
        thread.join()

    return stop
