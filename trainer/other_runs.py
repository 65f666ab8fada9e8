"""Tells of unfinished runs of the same preset that a configuration does not go on with, and why."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tabuada.showing import show
from trainer.errors import ConfigInvalid
from trainer.presets import read_config
from trainer.run import Run, name_folder

_MOST = 3  # runs that are told of, and values of each


def describe_other_runs(run: Run) -> list[str]:
    """Return a line for each of the latest unfinished runs of the same preset.

    Args:
        run: One that is about to begin; where it has begun already, nobody wonders.
    """
    if run.search.exists() or run.results.exists():
        return []
    return [_describe(folder, run) for folder in list(_find_others(run))[:_MOST]]


def _find_others(run: Run) -> Iterator[Path]:
    """Yield the folders of other unfinished runs, those first that were worked at last."""
    pattern = re.compile(rf"{re.escape(run.config.preset)}-[0-9a-f]{{8}}")
    folders = [
        path
        for path in run.folder.parent.iterdir()
        if path != run.folder and pattern.fullmatch(path.name) and (path / "search").is_dir()
    ]
    yield from sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)


def _describe(folder: Path, run: Run) -> str:
    try:
        values = json.loads((folder / "config.json").read_bytes())
        if not isinstance(values, dict):
            raise ValueError("no table")
        config = read_config(values)
    except (OSError, ValueError, RecursionError):
        return f"  {folder} stays as it is: its config.json cannot be read"
    except ConfigInvalid as error:
        return f"  {folder} stays as it is, of another revision of the trainer: {error}"
    if name_folder(config) != folder.name:
        return (
            f"  {folder} stays as it is, of another revision of the trainer, whose configurations "
            "have other parts"
        )
    ours = dict(_flatten(run.config.model_dump(mode="json")))
    theirs = dict(_flatten(config.model_dump(mode="json")))
    changed = [key for key in ours | theirs if ours.get(key) != theirs.get(key)]
    told = ", ".join(f"{key} {show(theirs.get(key))}" for key in changed[:_MOST])
    return f"  {folder} stays as it is, an unfinished run with other values: {told}"


def _flatten(values: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of nested tables under dotted keys."""
    if isinstance(values, dict):
        for key, value in values.items():
            yield from _flatten(value, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, values
