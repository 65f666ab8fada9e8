"""Batches on the event loop: what is there at one turn runs together, and nobody ever waits."""

import asyncio
from collections.abc import Coroutine

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.batching.batcher import Run, RunFailed
from service.batching.loop_batcher import LoopBatcher
from tabuada.arithmetic.operations import Floats
from tests.service.sums import Network, ask, make_rows, run


def make_batcher(network: Network, rows: int = 8) -> LoopBatcher:
    return LoopBatcher(network, max_batch_rows=rows)


def take_step(asking: Coroutine[object, None, Floats]) -> Floats | None:
    """Let a request go on until it must wait; return its answer if it need not."""
    try:
        asking.send(None)
    except StopIteration as answered:
        answer: Floats = answered.value
        return answer
    return None


async def ask_alone(batcher: LoopBatcher, times: int) -> None:
    for i in range(times):
        await ask(batcher, i)


async def ask_together(batcher: LoopBatcher, sizes: list[int]) -> None:
    await asyncio.gather(*(ask(batcher, 100 * i, n) for i, n in enumerate(sizes)))


def test_requests_of_one_turn_of_the_loop_run_together() -> None:
    network = Network()
    run(ask_together(make_batcher(network), [1, 1, 2, 1]))
    assert network.batches == [[0, 100, 200, 201, 300]]


def test_request_alone_runs_at_the_next_turn() -> None:
    network = Network()

    async def check() -> None:
        asking = asyncio.ensure_future(ask(make_batcher(network), 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # a turn of the loop that waits for nothing
        assert network.batches == [[1]]
        await asking

    run(check())


def test_requests_that_come_one_at_a_time_soon_run_on_the_spot() -> None:
    network = Network()
    batcher = make_batcher(network)

    async def check() -> None:
        await ask_alone(batcher, 128)
        on_the_spot = 0
        for i in range(128):
            asking = batcher.run(make_rows(i))
            answer = take_step(asking)
            if answer is None:  # one in 64 looks whether it has company
                await asyncio.sleep(0)
                answer = take_step(asking)
            else:
                on_the_spot += 1
            assert answer is not None
            assert answer.tolist() == [i + 0.5]
        assert on_the_spot == 126

    run(check())


def test_company_is_noticed_again_after_a_long_time_alone() -> None:
    network = Network()
    batcher = make_batcher(network, rows=100)

    async def check() -> None:
        await ask_alone(batcher, 1000)
        await ask_together(batcher, [1] * 80)
        network.batches.clear()
        await ask_together(batcher, [1] * 40)

    run(check())
    assert [len(batch) for batch in network.batches] == [40]


def test_batch_is_bounded_by_rows_and_a_larger_request_runs_alone() -> None:
    network = Network()
    run(ask_together(make_batcher(network), [1, 3, 5, 1, 20, 2]))
    assert [len(batch) for batch in network.batches] == [4, 6, 20, 2]


@settings(max_examples=60, deadline=None)
@given(
    turns=st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=20), min_size=1, max_size=30),
    rows=st.integers(1, 16),
    alone=st.sampled_from([0, 63, 64, 70]),
)
def test_answers_keep_their_order_and_their_owners(
    turns: list[list[int]], rows: int, alone: int
) -> None:
    network = Network()
    batcher = make_batcher(network, rows)

    async def check() -> None:
        await ask_alone(batcher, alone)
        for sizes in turns:
            network.batches.clear()
            await ask_together(batcher, sizes)
            ran = [value for batch in network.batches for value in batch]
            assert sorted(ran) == [100 * i + row for i, n in enumerate(sizes) for row in range(n)]
            assert all(len(batch) <= max(rows, *sizes, 0) for batch in network.batches)

    run(check())


def test_request_that_is_cancelled_while_it_waits_is_never_run() -> None:
    network = Network()
    batcher = make_batcher(network)

    async def check() -> None:
        asking = [asyncio.ensure_future(ask(batcher, i)) for i in range(3)]
        await asyncio.sleep(0)  # all three are in the queue, whose turn is the next
        asking[1].cancel()
        done = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(result) for result in done if result] == [asyncio.CancelledError]
        await ask(batcher, 9)

    run(check())
    assert network.batches == [[0, 2], [9]]


def test_run_that_breaks_fails_its_own_requests_only() -> None:
    network = Network()
    batcher = make_batcher(network)

    async def check() -> None:
        network.failing = True
        asking = [batcher.run(make_rows(i)) for i in range(3)]
        failures = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(failure, RunFailed) for failure in failures)
        assert len({id(failure) for failure in failures}) == 3
        network.failing = False
        await ask_alone(batcher, 65)  # now on the spot
        network.failing = True
        with pytest.raises(RunFailed, match="device lost"):
            await batcher.run(make_rows(1))
        network.failing = False
        await ask(batcher, 2)

    run(check())


def test_batcher_tells_of_every_run() -> None:
    runs: list[Run] = []
    batcher = LoopBatcher(Network(), max_batch_rows=8, observe=runs.append)

    async def check() -> None:
        await ask_together(batcher, [2, 3])
        await ask_alone(batcher, 66)

    run(check())
    told = [(told.rows, len(told.waits_s)) for told in runs]
    assert told == [(5, 2)] + [(1, 1)] * 65 + [(1, 0)]
    assert all(wait >= 0 for told in runs for wait in told.waits_s)
