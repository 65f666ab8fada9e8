"""Runs that take too long are ended, and no other; what is quick is told from what is not."""

import gc
import threading
import time
import weakref

import pytest

from service.batching.pace import is_quick
from service.runtimes.run_watch import EndableRun, RunWatch


def make_run() -> tuple[EndableRun, threading.Event]:
    ended = threading.Event()
    return EndableRun(ended, ended.set), ended


def test_run_that_takes_too_long_is_ended_once_and_used_no_more() -> None:
    watch, free = RunWatch(0.1), list[EndableRun]()
    long, ended = make_run()
    assert watch.begin(free, lambda: long) is long
    assert watch.busy
    assert ended.wait(30)
    assert long.ended
    watch.finish(long, free)
    assert free == []
    assert not watch.busy


def test_runs_in_time_are_left_alone_and_used_again() -> None:
    watch, free = RunWatch(60), list[EndableRun]()
    run, ended = make_run()
    for _ in range(100):
        assert watch.begin(free, lambda: run) is run
        watch.look()
        watch.finish(run, free)
    assert free == [run]
    assert not ended.is_set()


def test_each_of_several_runs_is_watched_by_itself() -> None:
    watch, free = RunWatch(0.2), list[EndableRun]()
    runs = [make_run() for _ in range(3)]
    for run, _ in runs:
        watch.begin(free, lambda run=run: run)  # type: ignore[misc]
    watch.finish(runs[1][0], [])
    for _, ended in (runs[0], runs[2]):
        assert ended.wait(30)
    assert not runs[1][1].is_set()


def test_watch_that_nobody_needs_leaves_no_thread() -> None:
    watch = RunWatch(0.1)
    gone = weakref.ref(watch)
    before = {thread for thread in threading.enumerate() if thread.name == "end runs"}
    del watch
    gc.collect()
    end = time.monotonic() + 30
    while gone() is not None or all(thread.is_alive() for thread in before):
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("seconds", "quick"),
    [
        ({1: 0.0, 64: 0.0, 1024: 0.0}, True),
        ({1: 0.0, 64: 0.0, 1024: 0.3}, False),
        ({1: 0.05, 64: 0.0, 1024: 0.0}, False),
    ],
    ids=["quick", "slow with many", "slow with one"],
)
def test_pace_is_measured_at_each_size(seconds: dict[int, float], quick: bool) -> None:
    ran: list[int] = []

    def run(rows: int) -> None:
        ran.append(rows)
        time.sleep(seconds[rows])

    assert is_quick(run, (1, 64, 1024)) is quick
    assert all(2 <= ran.count(rows) <= 5 for rows in seconds)


def test_one_run_held_up_by_other_programs_does_not_make_a_network_slow() -> None:
    held_up = iter([0.5, 0.5, 0.0, 0.0, 0.0])
    assert is_quick(lambda _: time.sleep(next(held_up, 0.0)), (1024,))
