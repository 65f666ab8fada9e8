"""Tests of the time left, on a clock that the tests turn."""

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from trainer.time_left import begin_measuring, find_task, format_duration, tell_time_left


@pytest.mark.parametrize(
    ("duration_s", "said"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (61, "1 min 01 s"), (3960, "1 h 06 min")],
)
def test_duration_is_said_in_two_units(duration_s: float, said: str) -> None:
    assert format_duration(duration_s) == said


def test_time_left_leaves_out_what_came_before_the_first_step() -> None:
    now = [0.0]
    bars = Progress(console=Console(file=io.StringIO()), get_time=lambda: now[0])
    bar = bars.add_task("trials", total=10, completed=4, partial=0.0)  # 4 before an interruption
    now[0] = 1000.0  # imports
    bars.update(bar, partial=0.5)
    begin_measuring(bars, bar)
    assert tell_time_left(find_task(bars, bar)) == ""
    now[0] = 1030.0
    bars.update(bar, completed=5, partial=0.0)
    begin_measuring(bars, bar)  # goes on measuring from the first time
    assert tell_time_left(find_task(bars, bar)) == "5 min 00 s left"  # half a trial in 30 s
    bars.update(bar, completed=10)
    assert tell_time_left(find_task(bars, bar)) == ""
