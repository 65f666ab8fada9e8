"""The tasks that the service knows: one line each."""

from service.tasks.calculation import task as calculation
from service.tasks.task import LoadVersion, Task

TASKS: tuple[Task, ...] = (calculation.TASK,)
LOADERS: dict[str, LoadVersion] = {task.name: task.load for task in TASKS}
"""What loads a version, by its task."""
