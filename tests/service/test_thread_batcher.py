"""Batches in a thread: at once when idle, in order, bounded, and nobody else's answers."""

import asyncio
import contextlib
import gc
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.batching import thread_batcher
from service.batching.batcher import Run, RunFailed
from service.batching.thread_batcher import ThreadBatcher
from service.errors import DeadlineExceeded, Overloaded, RunTimedOut
from tabuada.arithmetic.operations import Floats
from tests.service.sums import LIMIT_S, Network, ask, make_rows, run


def make_batcher(network: Network, rows: int = 8, queued: int = 1000) -> ThreadBatcher:
    return ThreadBatcher(network, max_batch_rows=rows, max_queued_rows=queued)


def test_idle_batcher_runs_in_the_same_iteration_of_the_loop() -> None:
    network = Network(held=True)
    batcher = make_batcher(network)

    async def check() -> None:
        asking = asyncio.ensure_future(ask(batcher, 1))
        await asyncio.sleep(0)  # its first step, and no other iteration:
        network.wait_started()  # the loop stands still here until the run has begun
        network.release()
        await asking
        await ask(batcher, 2)  # and so it does after it has been busy

    run(check())
    assert network.batches == [[1], [2]]


def test_requests_that_arrive_during_a_run_become_the_next_batch() -> None:
    network = Network(held=True)
    batcher = make_batcher(network)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, 10 * i)) for i in range(5)]
        await asyncio.sleep(0)
        network.wait_started()
        network.release()
        await asyncio.gather(*asking)

    run(check())
    assert network.batches == [[0], [10, 20, 30, 40]]


def test_batch_is_bounded_by_rows_and_a_larger_request_runs_alone() -> None:
    network = Network(held=True)
    batcher = make_batcher(network, rows=8)

    async def check() -> None:
        sizes = [1, 3, 5, 1, 20, 2]
        asking = [asyncio.ensure_future(ask(batcher, 100 * i, n)) for i, n in enumerate(sizes)]
        await asyncio.sleep(0)
        network.release()
        await asyncio.gather(*asking)

    run(check())
    assert [len(batch) for batch in network.batches] == [1, 8, 1, 20, 2]


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(0, 12), min_size=1, max_size=40), rows=st.integers(1, 16))
def test_answers_keep_their_order_and_their_owners(sizes: list[int], rows: int) -> None:
    network = Network(held=True)
    batcher = make_batcher(network, rows=rows)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, 100 * i, n)) for i, n in enumerate(sizes)]
        await asyncio.sleep(0)
        network.release()
        await asyncio.gather(*asking)

    run(check())
    sent = [100 * i + row for i, n in enumerate(sizes) for row in range(n)]
    assert [value for batch in network.batches for value in batch] == sent
    assert all(len(batch) <= max(rows, *sizes) for batch in network.batches)


def test_request_that_is_cancelled_while_it_waits_is_never_run() -> None:
    network = Network(held=True)
    batcher = make_batcher(network, queued=3)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, i)) for i in range(4)]
        await asyncio.sleep(0)
        asking[2].cancel()
        await asyncio.sleep(0)
        asking.append(asyncio.ensure_future(ask(batcher, 4)))  # its place is free again
        await asyncio.sleep(0)
        network.release()
        done = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(result) for i, result in enumerate(done) if result is not None] == [
            asyncio.CancelledError
        ]

    run(check())
    assert network.batches == [[0], [1, 3, 4]]


def test_request_that_is_cancelled_during_its_run_leaves_the_others_alone() -> None:
    network = Network(held=True)
    batcher = make_batcher(network)

    async def check() -> None:
        first = asyncio.ensure_future(ask(batcher, 0))
        await asyncio.sleep(0)
        network.wait_started()
        others = [asyncio.ensure_future(ask(batcher, i)) for i in (1, 2)]
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        network.release()
        await asyncio.gather(*others)
        assert first.cancelled()

    run(check())


def test_more_rows_than_may_wait_are_refused_and_taken_again_later() -> None:
    network = Network(held=True)
    batcher = make_batcher(network, queued=4)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, 100, 50))]  # idle: never refused
        await asyncio.sleep(0)
        asking.append(asyncio.ensure_future(ask(batcher, 200, 4)))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded, match="expected at most 4 rows to wait"):
            await ask(batcher, 300)
        network.release()
        await asyncio.gather(*asking)
        await ask(batcher, 400)

    run(check())
    assert [batch[0] for batch in network.batches] == [100, 200, 400]


def test_run_that_breaks_fails_its_own_batch_only() -> None:
    network = Network(held=True)
    batcher = make_batcher(network)

    async def check() -> None:
        asking = [asyncio.ensure_future(batcher.run(make_rows(i))) for i in range(3)]
        await asyncio.sleep(0)
        network.failing = True
        network.release()
        failures = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(failure, RunFailed) for failure in failures)
        assert len({id(failure) for failure in failures}) == 3  # each may be raised by itself
        assert all("device lost" in str(failure) for failure in failures)
        network.failing = False
        await ask(batcher, 9)

    run(check())


def test_network_that_gives_too_few_values_mixes_up_nothing() -> None:
    batcher = ThreadBatcher(lambda _: np.zeros(1), max_batch_rows=8, max_queued_rows=8)

    async def check() -> None:
        with pytest.raises(RunFailed, match="expected 2 values"):
            await batcher.run(make_rows(0, 2))

    run(check())


def test_batcher_tells_of_its_runs() -> None:
    network = Network(held=True)
    runs: list[Run] = []
    batcher = ThreadBatcher(network, max_batch_rows=8, max_queued_rows=8, observe=runs.append)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, 10 * i, n)) for i, n in enumerate((2, 3, 1))]
        await asyncio.sleep(0)
        network.wait_started()
        network.release()
        await asyncio.gather(*asking)

    run(check())
    assert [told.rows for told in runs] == [2, 4]
    assert [len(told.waits_s) for told in runs] == [1, 2]
    assert all(wait >= 0 for told in runs for wait in told.waits_s)
    assert all(told.compute_s > 0 for told in runs)


def test_thread_ends_with_its_batcher() -> None:
    batcher = make_batcher(Network())
    before = set(threading.enumerate())
    run(ask(batcher, 1))
    (thread,) = set(threading.enumerate()) - before
    del batcher
    gc.collect()
    thread.join(LIMIT_S)
    assert not thread.is_alive()


def test_requests_that_waited_too_long_are_refused_and_never_run() -> None:
    network = Network(held=True)
    batcher = ThreadBatcher(network, 8, 1000, run_timeout_s=0.05)  # and so 0.15 s of waiting

    async def check() -> None:
        first = asyncio.ensure_future(ask(batcher, 1))
        await asyncio.sleep(0)
        network.wait_started()
        late = asyncio.ensure_future(ask(batcher, 2))
        await asyncio.sleep(0.3)
        network.release()
        await first
        with pytest.raises(DeadlineExceeded, match=r"within 0\.15 s"):
            await late
        await ask(batcher, 3)

    run(check())
    assert network.batches == [[1], [3]]


def test_requests_are_bounded_where_few_may_wait() -> None:
    network = Network(held=True)
    batcher = ThreadBatcher(network, 1, 1000, max_waiting=2)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, i)) for i in range(3)]
        await asyncio.sleep(0)
        network.wait_started()
        with pytest.raises(Overloaded, match="at most 2 requests"):
            await ask(batcher, 4)
        network.release()
        await asyncio.gather(*asking)

    run(check())
    assert network.batches == [[0], [1], [2]]


def test_run_that_cannot_be_ended_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_batcher, "_SPARE_S", 0.1)
    network = Network(held=True)
    batcher = ThreadBatcher(network, 1, 1000, run_timeout_s=0.05)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, i)) for i in range(3)]
        for one in asking:
            with pytest.raises(RunTimedOut, match="has not come back"):
                await one
        with pytest.raises(RunTimedOut, match="has not come back"):
            await ask(batcher, 4)
        network.release()
        while True:
            with contextlib.suppress(RunTimedOut):
                await ask(batcher, 5)  # it has come back
                break
            await asyncio.sleep(0.01)

    run(check())
    assert network.batches == [[0], [5]]


def test_run_that_was_ended_is_told_as_such_to_each() -> None:
    def run_long(_: object) -> Floats:
        raise RunTimedOut("too long")

    batcher = ThreadBatcher(run_long, 8, 1000)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, i)) for i in range(3)]
        for one in asking:
            with pytest.raises(RunTimedOut, match="too long"):
                await one

    run(check())
