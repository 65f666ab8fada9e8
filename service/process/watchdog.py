"""Ends a single process whose event loop hangs; of several, their parent does."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator

from service.process.ending import abandon

_LOOK_EVERY_S = 1.0
_FROZEN_S = 5.0  # between two looks: then the whole machine or process stood still, not the loop


class Watchdog:
    """Waits for signs of life, and ends the process where none come.

    A process that hangs for want of memory, or in a library's lock, answers nobody and never comes
    back; one that is gone is started again by what runs it.

    Args:
        silence_s: Seconds without a sign.
    """

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self._heard = time.monotonic()

    @contextlib.asynccontextmanager
    async def accompany(self) -> AsyncIterator[None]:
        """Watch the running event loop meanwhile."""
        ended = threading.Event()
        threading.Thread(target=self._watch, args=(ended,), name="watchdog", daemon=True).start()
        living = asyncio.create_task(self._say_alive())
        try:
            yield
        finally:
            ended.set()
            living.cancel()

    async def _say_alive(self) -> None:
        while True:
            self._heard = time.monotonic()
            await asyncio.sleep(_LOOK_EVERY_S)

    def _watch(self, ended: threading.Event) -> None:
        looked = time.monotonic()
        while not ended.wait(_LOOK_EVERY_S):
            now = time.monotonic()
            if now - looked > _FROZEN_S:
                self._heard = now
            looked = now
            if now - self._heard > self._silence_s:
                abandon(1, f"The event loop has said nothing for {self._silence_s:g} s: gone")
