"""The tasks that networks are trained for, one line each."""

import importlib
from typing import Any, cast

from trainer.config import TrainerConfig
from trainer.tasks.task import Task

TASKS: dict[str, str] = {
    "calculation": "trainer.tasks.calculation",
}
"""The package of each task: its configuration as `CONFIG`, and the rest in its module `task`."""


def find_config(name: str) -> type[TrainerConfig]:
    """Return the class of a task's configurations, without importing Keras.

    Raises:
        KeyError: There is no such task.
    """
    return cast("type[TrainerConfig]", importlib.import_module(TASKS[name]).CONFIG)


def find_task(name: str) -> Task[Any, Any, Any]:
    """Return what a task does. Imports what that needs, which takes seconds.

    Raises:
        KeyError: There is no such task.
    """
    return cast("Task[Any, Any, Any]", importlib.import_module(f"{TASKS[name]}.task").TASK)


__all__ = ["TASKS", "Task", "find_config", "find_task"]
