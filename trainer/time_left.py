"""Tells how long a task will go on, from how long it took so far."""

from rich.progress import Progress, ProgressColumn, Task, TaskID
from rich.text import Text


class TimeLeftColumn(ProgressColumn):
    """The time left, by the whole task so far.

    Rich's own column looks at the last half minute, in which no long trial may have ended.
    """

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Return it as text, empty where nothing can be told yet."""
        return Text(tell_time_left(task), style="progress.remaining")


def begin_measuring(bars: Progress, bar: TaskID) -> None:
    """Measure a task's speed from now on, unless that began before.

    Called at its first step: what comes before that is imports and compilation, once.
    """
    task = find_task(bars, bar)
    if "since" not in task.fields:
        done = task.completed + task.fields.get("partial", 0.0)
        bars.update(bar, since=task.elapsed or 0.0, before=done)


def tell_time_left(task: Task) -> str:
    """Return the time left as people say it, empty where nothing can be told yet.

    Args:
        task: Its field `partial` is how much of what is under way is done.
    """
    partial = task.fields.get("partial", 0.0)
    done = task.completed + partial - task.fields.get("before", task.completed)
    if task.total is None or task.finished or done <= 0 or task.elapsed is None:
        return ""
    pace_s = (task.elapsed - task.fields["since"]) / done
    return f"{format_duration(pace_s * (task.total - task.completed - partial))} left"


def find_task(bars: Progress, bar: TaskID) -> Task:
    """Return what the bars know of one of them."""
    return next(task for task in bars.tasks if task.id == bar)


def format_duration(duration_s: float) -> str:
    """Return a duration in the two units that matter: `1 h 05 min`, `4 min 10 s`, `12 s`."""
    seconds = max(0, round(duration_s))
    if seconds >= 3600:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"
    if seconds >= 60:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds} s"
