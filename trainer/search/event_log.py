"""The log of a search: one JSON object a line, proposals and results as they happened."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tabuada.artifacts.storage.files import sync_folder
from trainer.config import TrainerConfig
from trainer.errors import RunDamaged
from trainer.run_files import check_result, summarize
from trainer.spaces import Section
from trainer.trial import TrialResult, TrialTask, is_final


class _Event(Section):
    """A line: one of the two."""

    task: TrialTask | None = None
    result: TrialResult | None = None


def read_log(path: Path, config: TrainerConfig) -> Iterator[TrialTask | TrialResult]:
    """Yield the events of a log, cutting off a last line that a crash tore.

    Args:
        path: The log.
        config: Of the search.

    Raises:
        RunDamaged: A line is none of a search's.
    """
    open_tasks: dict[str, TrialTask] = {}
    for number, line in enumerate(_read_whole_lines(path), 1):
        try:
            event = _parse(line, config)
            if isinstance(event, TrialTask):
                open_tasks[event.trial] = event
            elif not is_final(event.trial):
                task = open_tasks.pop(event.trial, None)
                if task is None or task.values != event.values:
                    raise ValueError(f"a result of trial {event.trial}, which was not proposed so")
        except ValueError as error:
            raise RunDamaged(
                f"expected the trials of a search in {path}, as this revision of the trainer "
                f"writes them. Received: {summarize(error)} in line {number}. Remove it to do the "
                "search again, or that line and those after it to keep the trials before"
            ) from error
        yield event


def append_event(path: Path, event: dict[str, Any]) -> None:
    """Add an event that a crash right after does not lose."""
    begins = not path.exists()
    with path.open("a", encoding="utf-8") as log:
        log.write(json.dumps(event) + "\n")
        log.flush()
        os.fsync(log.fileno())
    if begins:
        sync_folder(path.parent)


def _read_whole_lines(path: Path) -> list[bytes]:
    """Return the lines of a log; what is left of one that was being written goes."""
    if not path.exists():
        return []
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    if lines and not _is_whole(lines[-1]):
        os.truncate(path, len(content) - len(lines[-1]))
        lines.pop()
    return lines


def _is_whole(line: bytes) -> bool:
    """Return whether a last line came to its end: after a power cut, a part of it may be zeros."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return line.endswith(b"\n")


def _parse(line: bytes, config: TrainerConfig) -> TrialTask | TrialResult:
    """Return the event of a line.

    Raises:
        ValueError: It is none.
    """
    event = _Event.model_validate_json(line)
    found = [part for part in (event.task, event.result) if part is not None]
    if len(found) != 1:
        raise ValueError("neither a proposal nor a result")
    (part,) = found
    if isinstance(part, TrialResult):
        check_result(part, config)
    elif wrong := config.space.find_foreign(part.values):
        raise ValueError(f"a proposal with {wrong}")
    return part
