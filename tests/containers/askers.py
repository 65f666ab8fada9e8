"""Clients that ask again until they are answered, and check each answer."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

_RETRY_S = 0.02


@dataclass
class Askers:
    """What became of all requests so far.

    Attributes:
        answered: Requests with an answer, each of them right.
        failed: Attempts without one: no connection, one that broke, or another status.
        away_s: Longest time between two answers.
    """

    answered: int = 0
    failed: int = 0
    away_s: float = 0.0
    _last_s: float = field(default_factory=time.monotonic)

    async def wait_answered(self, more: int) -> None:
        """Wait until so many more requests were answered."""
        goal = self.answered + more
        async with asyncio.timeout(120):
            while self.answered < goal:
                await asyncio.sleep(0.01)

    async def _ask(self, client: httpx.AsyncClient, number: int) -> None:
        """Ask for a sum that nobody else asks for, until there is an answer."""
        body = {"a": [number], "op": ["+"], "b": [number + 1], "model": "arithmetic"}
        while True:
            try:
                answer = await client.post("/predict", json=body)
                if answer.status_code == 200:
                    break
            except httpx.TransportError:
                pass
            self.failed += 1
            await asyncio.sleep(_RETRY_S)
        assert answer.json()["predictions"] == [2 * number + 1]
        now_s = time.monotonic()
        self.away_s = max(self.away_s, now_s - self._last_s)
        self._last_s = now_s
        self.answered += 1

    async def _run(self, client: httpx.AsyncClient, first: int, stop: asyncio.Event) -> None:
        number = first
        while not stop.is_set():
            await self._ask(client, number)
            number += 1


@asynccontextmanager
async def ask_all_the_time(url: str, clients: int = 16) -> AsyncIterator[Askers]:
    """Ask as long as the context lasts; in the end every request has been answered.

    Args:
        url: Where the service is.
        clients: How many ask at a time, each of them over a connection that it keeps.
    """
    askers, stop = Askers(), asyncio.Event()
    async with httpx.AsyncClient(base_url=url, timeout=10) as client, asyncio.TaskGroup() as group:
        for turn in range(clients):
            group.create_task(askers._run(client, 100_000 * turn, stop))
        try:
            yield askers
        finally:
            stop.set()
