"""What may hang, in threads that nobody depends on."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import pytest

from service.versions.serial_executor import SerialExecutor


def run(act: Callable[[], Awaitable[None]]) -> None:
    async def within_bounds() -> None:
        await asyncio.wait_for(act(), 20)

    asyncio.run(within_bounds())


def test_executor_returns_and_raises_what_the_work_does() -> None:
    async def act() -> None:
        executor = SerialExecutor("test")
        assert await executor.run(threading.current_thread, 10) is not threading.current_thread()
        with pytest.raises(ZeroDivisionError):
            await executor.run(lambda: 1 / 0, 10)

    run(act)


def test_executor_runs_one_after_the_other_in_order() -> None:
    inside = threading.Lock()
    order = []

    def work(number: int) -> None:
        assert inside.acquire(blocking=False)
        time.sleep(0.01)
        order.append(number)
        inside.release()

    async def act() -> None:
        executor = SerialExecutor("test")
        await asyncio.gather(*(executor.run(lambda k=k: work(k), 10) for k in range(10)))  # type: ignore[misc]

    run(act)
    assert order == list(range(10))


def test_executor_lets_the_next_begin_beside_one_that_takes_long() -> None:
    go_on = threading.Event()

    async def act() -> None:
        executor = SerialExecutor("test", patience_s=0.05)
        slow = asyncio.create_task(executor.run(go_on.wait, 60))
        await asyncio.sleep(0)
        assert await executor.run(lambda: "next", 60) == "next"
        assert not slow.done()
        go_on.set()
        assert await slow is True

    run(act)


def test_executor_gives_up_what_does_not_come_back_and_starts_no_more_than_a_few() -> None:
    go_on = threading.Event()
    started = []

    def hang() -> None:
        started.append(1)
        go_on.wait()

    async def act() -> None:
        executor = SerialExecutor("test")
        for _ in range(20):
            with pytest.raises(TimeoutError, match=r"not done within 0\.01 s|not come back"):
                await executor.run(hang, 0.01)
        assert len(started) == 8
        await executor.settle(0.05)  # does not wait for ever either
        go_on.set()
        await executor.settle(10)
        assert await executor.run(lambda: "again", 10) == "again"

    run(act)


def test_work_that_ends_after_the_event_loop_is_no_error(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    go_on = threading.Event()
    ended = threading.Event()

    def fail() -> None:
        go_on.wait()
        ended.set()
        raise ZeroDivisionError

    async def act() -> None:
        with pytest.raises(TimeoutError):
            await SerialExecutor("test").run(fail, 0.01)

    run(act)
    go_on.set()
    assert ended.wait(10)
    time.sleep(0.05)
    assert capfd.readouterr().err == ""
    assert caplog.text == ""
