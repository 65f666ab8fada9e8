"""Tells how long a task will go on, from how long it took so far."""

from rich.progress import ProgressColumn, Task
from rich.text import Text


class TimeLeftColumn(ProgressColumn):
    """The time left, by the whole run so far.

    Rich's own column looks at the last half minute, in which no long trial may have ended.
    """

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Return it as text, empty where nothing can be told yet."""
        return Text(tell_time_left(task), style="progress.remaining")


def tell_time_left(task: Task) -> str:
    """Return the time left as people say it, empty where nothing can be told yet.

    Args:
        task: Its field `before` is how much was complete when it began, as after an
            interruption; `partial` is how much of what is under way is done.
    """
    partial = task.fields.get("partial", 0.0)
    done = task.completed + partial - task.fields.get("before", 0)
    if task.total is None or task.finished or done <= 0 or task.elapsed is None:
        return ""
    return f"{format_duration(task.elapsed * (task.total - task.completed - partial) / done)} left"


def format_duration(duration_s: float) -> str:
    """Return a duration in the two units that matter: `1 h 05 min`, `4 min 10 s`, `12 s`."""
    seconds = max(0, round(duration_s))
    if seconds >= 3600:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"
    if seconds >= 60:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds} s"
