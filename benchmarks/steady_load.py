"""Asks a service for one row at a fixed rate, in a process of its own, and notes every answer.

Each request has a time at which it is due, whatever became of the one before it; its latency
counts from then. So a service that stalls cannot hide it by being asked less.
"""

import gc
import http.client
import json
import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answered:
    """One request.

    Attributes:
        due_s: When it was due, on the monotonic clock, which processes share.
        latency_ms: From then until its answer was read.
        version: The version that answered; None if the request failed.
    """

    due_s: float
    latency_ms: float
    version: int | None

    @property
    def answered_s(self) -> float:
        """When its answer was read."""
        return self.due_s + self.latency_ms / 1000


@contextmanager
def apply_load(
    url: str, body: dict[str, object], rate: float, connections: int
) -> Iterator[list[Answered]]:
    """Ask as long as the context lasts; the list is filled when it ends.

    Args:
        url: Where the service is.
        body: What to post to `/predict`.
        rate: Requests a second, over all connections.
        connections: Kept open; each asks in turn.
    """
    ours, theirs = multiprocessing.Pipe()
    arguments = (theirs, url, json.dumps(body), rate, connections)
    process = multiprocessing.get_context("spawn").Process(target=_ask, args=arguments)
    process.start()
    ours.recv()  # every connection has been answered once
    answered: list[Answered] = []
    try:
        yield answered
    finally:
        ours.send("stop")
        answered += ours.recv()
        process.join()


def _ask(told: Connection, url: str, body: str, rate: float, connections: int) -> None:
    gc.disable()  # else what this process notes stops it for longer than what it measures
    asking = _Asking(url, body, connections / rate, threading.Barrier(connections + 1))
    threads = [
        threading.Thread(target=asking.run, args=(turn / rate,)) for turn in range(connections)
    ]
    for thread in threads:
        thread.start()
    asking.warm.wait()
    told.send("started")
    told.recv()
    asking.stop.set()
    for thread in threads:
        thread.join()
    told.send(asking.answered)


@dataclass
class _Asking:
    """What the threads of all connections share."""

    url: str
    body: str
    period_s: float
    warm: threading.Barrier
    stop: threading.Event = field(default_factory=threading.Event)
    answered: list[Answered] = field(default_factory=list)

    def run(self, offset_s: float) -> None:
        """Ask over one connection until it is to stop."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        _post(connection, self.body)
        self.warm.wait()
        due_s = time.monotonic() + offset_s
        while not self.stop.is_set():
            time.sleep(max(0.0, due_s - time.monotonic()))
            version = _post(connection, self.body)
            latency_ms = (time.monotonic() - due_s) * 1000
            self.answered.append(Answered(due_s, latency_ms, version))
            due_s += self.period_s
        connection.close()


def _post(connection: http.client.HTTPConnection, body: str) -> int | None:
    """Ask once; return the version that answered, None if the request failed."""
    try:
        connection.request("POST", "/predict", body, JSON)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            return None
        version: int = json.loads(content)["version"]
        return version
    except (OSError, http.client.HTTPException):
        connection.close()  # the next request opens another
        return None
