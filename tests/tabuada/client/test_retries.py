"""What is asked again, when, and for how long."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import httpx
import pytest

from tabuada.artifacts.store import Store
from tabuada.client import DeadlineExceeded, Unavailable, Unreachable
from tabuada.client.attempts import Attempt, Pause, converse
from tabuada.client.calls import call_predict, call_ready
from tabuada.client.options import choose_options
from tabuada.client.outcomes import Lost, Response
from tabuada.client.retries import choose_wait, read_retry_after
from tests.ports import hold_port
from tests.service.conftest import StartServer
from tests.tabuada.client.asking import Ask
from tests.tabuada.client.door import Door, read_request, reset, write_answer

BUSY = b'{"error": {"code": "overloaded", "message": "expected less. Received: more"}}'


def make_busy(*headers: str) -> bytes:
    return write_answer(503, BUSY, *headers)


@pytest.mark.parametrize("kind", ["seconds", "date"])
def test_retry_after_is_waited_for(ask: Ask, door: Door, kind: str) -> None:
    # A date has whole seconds: two from now is more than one.
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    door.reactions = [make_busy(f"Retry-After: {1 if kind == 'seconds' else date}")]
    assert ask(door.url, "predict", "1 + 1").model == "mlp"
    first, second = door.times
    assert second - first > 0.9


@pytest.mark.parametrize("header", [(), ("Retry-After: soon",), ("Retry-After: 0",)], ids=str)
def test_without_a_time_it_is_asked_again_soon(ask: Ask, door: Door, header: tuple[str]) -> None:
    door.reactions = [make_busy(*header)] * 3
    assert ask(door.url, "models")
    assert len(door.times) == 4


def test_attempts_are_counted(ask: Ask, door: Door) -> None:
    door.reactions = [make_busy("Retry-After: 0")] * 5
    with pytest.raises(Unavailable, match=r"expected less.*attempts: 3") as caught:
        ask(door.url, "predict", "1 + 1", options={"attempts": 3})
    assert caught.value.code == "overloaded"
    assert caught.value.retry_after_s == 0
    assert len(door.times) == 3


def test_nobody_waits_beyond_the_deadline(ask: Ask, door: Door) -> None:
    door.reactions = [make_busy("Retry-After: 2000")]
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        ask(door.url, "predict", "1 + 1", timeout_s=1000)
    assert time.monotonic() - started < 60
    assert caught.value.retry_after_s == 2000
    assert len(door.times) == 1


def test_deadline_holds_for_all_attempts_together(ask: Ask, door: Door) -> None:
    door.reactions = [make_busy("Retry-After: 0")] * 1000
    started = time.monotonic()
    with pytest.raises(
        (Unavailable, DeadlineExceeded)
    ):  # after an attempt, or in the middle of one
        ask(door.url, "ready", options={"attempts": None}, timeout_s=4)
    assert time.monotonic() - started < 60
    assert len(door.times) > 2


@pytest.mark.parametrize(
    "cut", [reset, write_answer(200, b"12345")[:-2], b""], ids=["reset", "torn", "closed"]
)
def test_connection_that_is_lost_before_the_answer_is_tried_again(
    ask: Ask, door: Door, cut: bytes
) -> None:
    door.reactions = [cut, cut]
    assert ask(door.url, "predict", "1 + 1").model == "mlp"
    assert len(door.times) == 3


def test_answer_that_drips_does_not_outlast_the_deadline(ask: Ask, door: Door) -> None:
    def drip(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n")
        for _ in range(2000):
            connection.sendall(b" ")
            time.sleep(0.05)

    door.reactions = [drip]
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        ask(door.url, "ready", timeout_s=0.5)
    assert time.monotonic() - started < 60  # the whole takes 100 s, no pause is long


def test_service_is_told_how_long_its_client_waits(ask: Ask, door: Door) -> None:
    door.reactions = [make_busy("Retry-After: 0")] * 2
    ask(door.url, "predict", "1 + 1", timeout_s=20)
    told = [float(request.split(b"X-Request-Timeout: ")[1].split()[0]) for request in door.requests]
    assert 10 < told[1] < told[0] <= 20
    door.reactions = [make_busy("Retry-After: 0")]
    ask(door.url, "models")
    assert b"x-request-timeout" not in door.requests[-1].lower()  # it would mean nothing


@dataclass(frozen=True)
class Crowded:
    """A service without room, until those who took it leave."""

    url: str
    leave: Callable[[], None]


@pytest.fixture
def crowded(start_server: StartServer, store: Store) -> Iterator[Crowded]:
    """A service with room for two requests, which others have taken."""
    server = start_server(store.location, max_requests=2)
    server.wait_ready()
    with ExitStack() as stack:
        for _ in range(2):
            connection = stack.enter_context(server.connect())
            connection.sendall(
                b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: 10\r\n\r\n"
            )
        while httpx.get(f"{server.url}/models").status_code != 503:
            time.sleep(0.01)  # they have not arrived
        yield Crowded(server.url, stack.close)


def test_overloaded_service_is_asked_until_it_has_room(ask: Ask, crowded: Crowded) -> None:
    with pytest.raises(Unavailable) as caught:
        ask(crowded.url, "models", options={"attempts": 1})
    assert caught.value.code == "overloaded"
    assert caught.value.retry_after_s == 1
    leaving = threading.Timer(0.2, crowded.leave)
    leaving.start()
    assert ask(crowded.url, "predict", "1 + 1").model == "mlp"
    leaving.join()


@pytest.fixture
def held() -> Iterator[int]:
    with hold_port() as port:
        yield port


def test_service_that_is_killed_answers_when_it_is_back(
    ask: Ask, start_server: StartServer, store: Store, held: int
) -> None:
    server = start_server(store.location, port=held)
    server.wait_ready()
    server.stop(signal.SIGKILL)
    answers = []

    def wait_for_answer() -> None:
        options = {"attempts": None, "timeout_s": 60}
        answers.append(ask(server.url, "predict", "1 + 1", options=options))

    asking = threading.Thread(target=wait_for_answer)
    asking.start()
    time.sleep(0.5)
    assert not answers
    start_server(store.location, port=held)
    asking.join()
    assert answers[0].model == "mlp"


@pytest.mark.parametrize("header", [{}, {"retry-after": "soon"}, {"retry-after": "0"}], ids=str)
def test_pauses_without_a_time_are_short(header: dict[str, str]) -> None:
    for pauses in (drive(Response(503, header, BUSY), 4) for _ in range(50)):
        assert all(0 <= pause <= 0.1 * 2**i for i, pause in enumerate(pauses))


def drive(outcome: Response | Lost, attempts: int) -> list[float]:
    """Return the pauses of a call, each of whose attempts has the same outcome."""
    steps = converse(call_ready(), choose_options("http://x", None, 1000, attempts), 1000)
    pauses = []
    assert isinstance(next(steps), Attempt)
    try:
        while True:
            pause = steps.send(outcome)
            assert isinstance(pause, Pause)
            pauses.append(pause.seconds)
            assert isinstance(steps.send(None), Attempt)
    except (Unavailable, Unreachable):
        return pauses


def test_pauses_grow_to_a_bound_and_scatter() -> None:
    runs = [drive(Lost("gone"), 12) for _ in range(200)]
    longest = [max(pauses) for pauses in zip(*runs, strict=True)]
    assert len(longest) == 11
    bounds = [min(2.0, 0.1 * 2**i) for i in range(11)]
    assert all(0.8 * bound < most <= bound for most, bound in zip(longest, bounds, strict=True))
    assert all(min(pauses) < 0.2 * max(pauses) for pauses in zip(*runs, strict=True))


def test_nobody_comes_back_before_the_time_or_all_at_once() -> None:
    busy = Response(503, {"retry-after": "3"}, BUSY)
    first = sorted(drive(busy, 2)[0] for _ in range(200))
    assert first[0] >= 3
    assert first[-1] <= 3.1
    assert all(later > earlier for earlier, later in pairwise(first))


def test_waits_of_many_attempts_stay_finite() -> None:
    assert 0 <= choose_wait(10**6, None) <= 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0), ("120", 120), (" 7 ", 7),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10),
        ("Sunday, 06-Nov-94 08:49:47 GMT", 10),
        ("Sun Nov  6 08:49:47 1994", 10),
        ("Sun, 06 Nov 1994 08:49:07 GMT", 0),
        (None, None), ("", None), ("-1", None), ("1.5", None), ("soon", None), ("9" * 400, None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None), ("²", None),
    ],
    ids=str,
)  # fmt: skip
def test_retry_after_is_read_as_http_has_it(value: str | None, seconds: float | None) -> None:
    now = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    assert read_retry_after(value, now) == seconds


def test_last_moment_is_no_time_of_zero() -> None:
    options = choose_options("http://x", None, 30, None)
    steps = converse(call_predict("1 + 1", None, None, None, exact=False), options, 1e-9)
    attempt = next(steps)
    assert isinstance(attempt, Attempt)
    assert attempt.timeout_s > 0
    assert attempt.headers["X-Request-Timeout"] == "0.001"
