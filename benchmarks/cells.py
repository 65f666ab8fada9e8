"""Runs the cells of a table in parallel over the cores, and remembers each."""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Cell = dict[str, Any]
"""One row of a result, as JSON."""


def run_cells(
    path: Path,
    tasks: Iterable[tuple[str, ...]],
    work: Callable[[tuple[str, ...]], list[Cell]],
    parallel: int | None = None,
) -> list[Cell]:
    """Run tasks in parallel, and remember each in a file of lines of JSON.

    A run that was interrupted goes on: tasks that the file holds are not run again.

    Args:
        path: The file; made if need be.
        tasks: What identifies each task.
        work: Runs one, in a process of its own pool; returns its rows.
        parallel: Tasks at a time; one a core where not given.

    Returns:
        The rows of all tasks, those of earlier runs included.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    done = {tuple(entry["task"]): entry["rows"] for entry in read_cells(path)}
    wanted = list(tasks)
    left = [task for task in wanted if task not in done]
    set_tensorflow_up()
    if not left:
        return [row for task in wanted for row in done[task]]
    parallel = min(parallel or len(os.sched_getaffinity(0)), len(left))
    context = multiprocessing.get_context("spawn")
    with path.open("a", encoding="utf-8") as file, context.Pool(parallel, _start_worker) as pool:
        for task, rows in pool.imap_unordered(_Job(work), left):
            done[task] = rows
            file.write(json.dumps({"task": task, "rows": rows}) + "\n")
            file.flush()
            print(f"{len(done)}/{len(wanted)} {' '.join(task)}", flush=True)
    return [row for task in wanted for row in done[task]]


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[tuple[str, ...]], list[Cell]]

    def __call__(self, task: tuple[str, ...]) -> tuple[tuple[str, ...], list[Cell]]:
        return task, self.work(task)


def set_tensorflow_up() -> None:
    """Set what the trainer's command sets, before this process or a worker imports TensorFlow."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


def _start_worker() -> None:
    from trainer.fitting import configure_tensorflow

    configure_tensorflow()


def read_cells(path: Path) -> Iterator[Cell]:
    """Yield the whole lines of a file; what a kill cut off is left out."""
    if path.exists():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        if len(whole) < len(lines):
            path.write_text("".join(whole), "utf-8")
        yield from (json.loads(line) for line in whole)
