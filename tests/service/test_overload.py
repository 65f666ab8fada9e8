"""More than the service can do: refused at once or in time, and never kept in memory."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.refusal import JSON, check_protocol_refusal, check_refusal
from tests.service.serving import ROOT, Server
from tests.service.traffic import announce

LONG = {"sample": {"n": 1_000_000}}
SHORT = {"sample": {"n": 100}}
SMALL = {"expressions": ["1 + 1"]}
LARGE = json.dumps({"a": [1.5] * 20_000, "op": "+", "b": [2.5] * 20_000}).encode()


@pytest.fixture(scope="module")
def narrow(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with room for little at a time."""
    server = Server(
        store.location,
        tmp_path_factory.mktemp("narrow") / "log",
        max_requests=8,
        max_pending_bytes=400_000,
        work_turns=1,
        max_waiting=1,
    )
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture
def evaluating(narrow: Server) -> Iterator[None]:
    """A long evaluation holds the only turn meanwhile; the service is idle before and after."""
    asking = threading.Thread(target=ask, args=(narrow, LONG))
    asking.start()
    wait_for_requests(narrow, 1)
    yield
    asking.join()
    wait_for_requests(narrow, 0)


def ask(server: Server, body: object, **headers: str) -> httpx.Response:
    return httpx.post(f"{server.url}/evaluate", json=body, headers=headers, timeout=60)


def count_in_progress(server: Server) -> int:
    """Return how many requests are in progress, that of the metrics not counted."""
    text = httpx.get(f"{server.url}/metrics").text
    (line,) = (x for x in text.splitlines() if x.startswith("tabuada_requests_in_progress "))
    return int(float(line.split()[1])) - 1


def wait_for_requests(server: Server, count: int) -> None:
    end = time.monotonic() + 60
    while count_in_progress(server) != count:
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.usefixtures("evaluating")
def test_work_that_can_neither_begin_nor_wait_is_refused_at_once(narrow: Server) -> None:
    waiting = threading.Thread(target=ask, args=(narrow, SHORT))
    waiting.start()
    wait_for_requests(narrow, 2)
    answer = ask(narrow, SHORT)
    check_refusal(answer, 503, "overloaded", None)
    assert answer.headers["retry-after"] == "1"
    assert httpx.post(f"{narrow.url}/predict", json=SMALL).status_code == 200
    waiting.join()


@pytest.mark.usefixtures("evaluating")
def test_work_that_does_not_begin_in_time_is_refused_with_when_to_come_again(
    narrow: Server,
) -> None:
    answer = ask(narrow, SHORT, **{"X-Request-Timeout": "0.05"})
    message = check_refusal(answer, 503, "deadline_exceeded", None)
    assert "within 0.05 s" in message
    assert answer.headers["retry-after"] == "1"


def test_work_that_can_begin_does_whatever_time_it_has(client: httpx.Client) -> None:
    for path, body in (("/evaluate", SHORT), ("/predict", SMALL)):
        answer = client.post(path, json=body, headers={"X-Request-Timeout": "0"})
        assert answer.status_code == 200, answer.text
    headers = {**JSON, "X-Request-Timeout": "0"}
    assert client.post("/predict", content=LARGE, headers=headers).status_code == 200


@pytest.mark.parametrize("text", ["", "soon", "-1", "nan", "inf", "1e3", "9" * 100, "1;2"])
def test_timeout_that_is_no_time_is_refused(client: httpx.Client, text: str) -> None:
    answer = client.post("/predict", json=SMALL, headers={"X-Request-Timeout": text})
    check_refusal(answer, 422, "invalid_request", "X-Request-Timeout")


@pytest.mark.parametrize("path", ["/predict", "/v2/models/mlp/infer"])
def test_bodies_that_would_hold_too_much_together_are_refused_before_they_are_whole(
    narrow: Server, path: str
) -> None:
    with ExitStack() as stack:
        for count in (1, 2):
            stack.enter_context(announce(narrow, 200_000, path, 190_000))
            wait_for_requests(narrow, count)
        late = stack.enter_context(announce(narrow, 200_000, path, 60_000))
        assert late.recv(4096).startswith(b"HTTP/1.1 503 ")
        assert httpx.post(f"{narrow.url}/predict", json=SMALL).status_code == 200
    wait_for_requests(narrow, 0)
    answer = httpx.post(f"{narrow.url}/predict", content=LARGE, headers=JSON)
    assert answer.status_code == 200


def test_bodies_that_are_announced_and_never_come_keep_nobody_out(narrow: Server) -> None:
    with ExitStack() as stack:
        for count in range(1, 5):
            stack.enter_context(announce(narrow, 10 * 2**20))
            wait_for_requests(narrow, count)
        answer = httpx.post(f"{narrow.url}/predict", content=LARGE, headers=JSON)
        assert answer.status_code == 200, answer.text
    wait_for_requests(narrow, 0)


def test_more_requests_than_allowed_are_refused_but_health_is_answered(narrow: Server) -> None:
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(announce(narrow, 10))
        end = time.monotonic() + 60
        while (answer := httpx.get(f"{narrow.url}/models")).status_code == 200:
            assert time.monotonic() < end
        check_refusal(answer, 503, "overloaded", None)
        check_protocol_refusal(httpx.get(f"{narrow.url}/v2/models/mlp"), 503, "8 requests")
        assert httpx.get(f"{narrow.url}/health/ready").status_code == 200
    wait_for_requests(narrow, 0)


def test_body_sent_in_chunks_counts_as_it_comes(narrow: Server) -> None:
    def drip() -> Iterator[bytes]:
        yield b'{"expressions": ["'
        for _ in range(10):
            yield b" " * 50_000

    answer = httpx.post(f"{narrow.url}/predict", content=drip(), headers=JSON)
    check_refusal(answer, 503, "overloaded", None)
    wait_for_requests(narrow, 0)


@pytest.mark.slow
def test_rush_leaves_memory_flat_and_is_over_soon(tmp_path: Path) -> None:
    from benchmarks.overload import measure  # noqa: PLC0415 -- needed here alone

    result = measure(ROOT / "artifacts", rows=20_000, steady_s=2.0, rush_s=4.0, factor=10)
    assert result["other_statuses"] == 0
    assert result["refused"] > result["answered"] > 0
    assert result["recovery_s"] < 10  # ten times too much for 4 s, queued, would take 36
    assert result["resident_late_mib"] < result["resident_early_mib"] + 32
    assert not list(tmp_path.iterdir())


def test_large_bodies_are_answered_one_after_the_other(
    start_server: StartServer, store: Store
) -> None:
    server = start_server(store.location, work_turns=1, predict_wait_s=30)
    server.wait_ready()
    answers: list[int] = []

    def ask_large() -> None:
        answer = httpx.post(f"{server.url}/predict", content=LARGE, headers=JSON, timeout=60)
        answers.append(len(answer.json()["predictions"]))

    asking = [threading.Thread(target=ask_large) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert answers == [20_000] * 8
