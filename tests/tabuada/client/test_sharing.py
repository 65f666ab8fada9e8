"""One client for many calls: at a time, one after the other, and from many threads."""

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from tabuada.client import AsyncClient, Client, Predictions
from tabuada.client.options import CONNECTIONS
from tests.service.serving import Server
from tests.service.tiny import TinyNetwork, check_answers
from tests.tabuada.client.door import Door

CALLS = 300


def check(answers: list[Predictions], network: TinyNetwork) -> None:
    """Every call got the answer to its own question."""
    got = [answer.predictions[0] for answer in answers]
    check_answers(got, network.forward([(i / 50, "+", -i / 70) for i in range(len(answers))]))


def test_many_calls_at_a_time_are_answered_over_few_connections(
    door: Door, networks: dict[int, TinyNetwork]
) -> None:
    async def ask_all() -> list[Predictions]:
        async with AsyncClient(door.url, timeout_s=60) as client:
            calls = (client.predict([(i / 50, "+", -i / 70)]) for i in range(CALLS))
            return await asyncio.gather(*calls)

    check(asyncio.run(ask_all()), networks[2])
    assert 1 < len(door.times) <= CONNECTIONS


def test_threads_share_a_client(door: Door, networks: dict[int, TinyNetwork]) -> None:
    with Client(door.url, timeout_s=60) as client, ThreadPoolExecutor(24) as threads:
        answers = threads.map(lambda i: client.predict([(i / 50, "+", -i / 70)]), range(CALLS))
        check(list(answers), networks[2])
    assert 1 < len(door.times) <= CONNECTIONS


def test_connection_is_kept_between_calls(door: Door) -> None:
    with Client(door.url) as client:
        for _ in range(5):
            client.predict("1 + 1")
        client.models()
    assert len(door.times) == 1


def test_cancelled_call_leaves_the_client_usable(server: Server) -> None:
    async def ask() -> Predictions:
        async with AsyncClient(server.url) as client:
            for _ in range(2 * CONNECTIONS):  # more than it could lose
                with anyio.move_on_after(0.002):
                    await client.predict("1 + 1")
            return await client.predict("1 + 1")

    assert asyncio.run(ask()).model == "mlp"


def test_waiting_for_a_turn_counts_as_time_of_the_call(door: Door) -> None:
    ending = threading.Event()

    def hold(_: socket.socket) -> None:
        ending.wait(20)

    door.reactions = [hold] * CONNECTIONS

    async def ask() -> list[object]:
        async with AsyncClient(door.url, timeout_s=20) as client:
            holding = [asyncio.ensure_future(client.ready()) for _ in range(CONNECTIONS)]
            while len(door.times) < CONNECTIONS:
                await asyncio.sleep(0.01)
            with pytest.raises(TimeoutError, match=r"within 0\.2 s"):
                await client.ready(timeout_s=0.2)
            ending.set()
            return list(await asyncio.gather(*holding))

    assert len(asyncio.run(ask())) == CONNECTIONS


def test_connections_are_closed_with_the_client(door: Door) -> None:
    with Client(door.url) as client:
        client.ready()
        assert not door.is_idle(0.2)
    assert door.is_idle(10)
