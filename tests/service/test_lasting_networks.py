"""Networks that take long, or for some operand for ever: nothing else waits for them."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.lasting import TRAP, SlowNetwork, TrappedNetwork
from tests.service.refusal import check_protocol_refusal, check_refusal
from tests.service.serving import Server
from tests.service.test_predict import Networks
from tests.service.tiny import check_answers, publish_tiny

GOOD = {"a": [3.5], "op": "+", "b": [4.25]}
ROWS = [(3.5, "+", 4.25)]
OTHER_SIGNALS = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
POISON = {"a": [TRAP], "op": "+", "b": [1.0], "model": "trap"}


@pytest.fixture(scope="module")
def lasting_store(networks: Networks, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """`mlp`; `slow`, which takes a while; `trap`, which for one operand never ends."""
    folder = tmp_path_factory.mktemp("lasting")
    store = Store(folder / "artifacts")
    one = networks[1]
    publish_tiny(store, folder / "mlp", one)
    publish_tiny(store, folder / "slow", SlowNetwork(one.hidden, one.bias, one.out), "slow")
    publish_tiny(store, folder / "trap", TrappedNetwork(one.hidden, one.bias, one.out), "trap")
    return store


@pytest.fixture(scope="module")
def lasting(lasting_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service of them that ends runs after two seconds."""
    log = tmp_path_factory.mktemp("server") / "log"
    server = Server(lasting_store.location, log, run_timeout_s=2)
    server.wait_ready()
    for model in ("slow", "trap"):
        server.wait_for_version(1, model)
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log()


def pose_poison(kind: str) -> tuple[str, dict[str, Any]]:
    """Return address and body of a request that never ends."""
    tensors = [("a", "FP64", [TRAP]), ("op", "BYTES", ["+"]), ("b", "FP64", [1.0])]
    inputs = [{"name": n, "datatype": t, "shape": [1], "data": d} for n, t, d in tensors]
    rows = 1500
    many = {"a": [TRAP] * rows, "op": "+", "b": [1.0] * rows, "model": "trap"}
    instances = [{"a": TRAP, "op": "+", "b": 1.0}]
    labelled = {"instances": instances, "expected": [8.25], "model": "trap"}
    posed: dict[str, tuple[str, dict[str, Any]]] = {
        "few rows": ("/predict", POISON),
        "many rows": ("/predict", many),
        "an expression": ("/predict", {"expressions": [f"{TRAP} + 1"], "model": "trap"}),
        "tensors": ("/v2/models/trap/infer", {"inputs": inputs}),
        "an evaluation": ("/evaluate", labelled),
    }
    return posed[kind]


POISONS = ["few rows", "many rows", "tensors", "an evaluation", "an expression"]


@pytest.mark.parametrize("kind", [*POISONS[:-1], pytest.param(POISONS[-1], marks=pytest.mark.slow)])
def test_run_that_never_ends_is_ended_and_keeps_nobody_else(
    lasting: Server, networks: Networks, kind: str
) -> None:
    address, body = pose_poison(kind)
    with ThreadPoolExecutor(1) as asking, httpx.Client(base_url=lasting.url) as client:
        endless = asking.submit(httpx.post, lasting.url + address, json=body)
        answered = 0
        while not endless.done():
            assert client.get("/health/live").status_code == 200
            answer = client.post("/predict", json=GOOD)
            check_answers(answer.json()["predictions"], networks[1].forward(ROWS))
            answered += 1
        assert answered >= 3
        if kind == "tensors":
            check_protocol_refusal(endless.result(), 504, "within 2 s")
        else:
            check_refusal(endless.result(), 504, "run_timed_out", None)
        again = client.post("/predict", json={**GOOD, "model": "trap"})
    check_answers(again.json()["predictions"], networks[1].forward(ROWS))


@pytest.mark.slow
def test_many_runs_that_never_end_leave_other_networks_alone(
    lasting: Server, networks: Networks
) -> None:
    with ThreadPoolExecutor(120) as asking, httpx.Client(base_url=lasting.url) as client:
        bodies = [pose_poison(POISONS[i % len(POISONS)]) for i in range(120)]
        endless: list[Future[httpx.Response]] = [
            asking.submit(httpx.post, lasting.url + address, json=body) for address, body in bodies
        ]
        while not all(one.done() for one in endless):
            many = {"a": [3.5] * 1500, "op": "+", "b": [4.25] * 1500}
            for body in (GOOD, many):
                answer = client.post("/predict", json=body)
                assert answer.status_code == 200
                check_answers(answer.json()["predictions"][:1], networks[1].forward(ROWS))
            evaluated = client.post("/evaluate", json={"sample": {"n": 100}})
            assert evaluated.status_code == 200
        statuses = {one.result().status_code for one in endless}
    assert statuses == {503, 504}


def test_request_beside_one_that_never_ends_is_answered(
    lasting: Server, networks: Networks
) -> None:
    with ThreadPoolExecutor(9) as asking:
        endless = asking.submit(httpx.post, f"{lasting.url}/predict", json=POISON)
        good = {**GOOD, "model": "trap"}
        others = [asking.submit(httpx.post, f"{lasting.url}/predict", json=good) for _ in range(8)]
        for other in others:
            answer = other.result()
            assert answer.status_code == 200, answer.text
            check_answers(answer.json()["predictions"], networks[1].forward(ROWS))
        check_refusal(endless.result(), 504, "run_timed_out", None)


def test_slow_network_keeps_nobody_waiting(lasting: Server, networks: Networks) -> None:
    """While it answers one request, others are answered one after the other."""
    rows = 1000
    many = {"a": [3.5] * rows, "op": "+", "b": [4.25] * rows, "model": "slow"}
    with ThreadPoolExecutor(1) as asking, httpx.Client(base_url=lasting.url) as client:
        most = 0
        for _ in range(5):
            slow, answered = asking.submit(httpx.post, f"{lasting.url}/predict", json=many), 0
            while not slow.done():
                assert client.get("/health/live").status_code == 200
                answered += 1
            most = max(most, answered)
            check_answers(slow.result().json()["predictions"][:1], networks[1].forward(ROWS))
    assert most >= 5


@pytest.mark.parametrize(
    ("workers", "number"),
    [
        (1, signal.SIGTERM),
        (2, signal.SIGHUP),
        *(pytest.param(1, n, marks=pytest.mark.slow) for n in OTHER_SIGNALS),
        *(pytest.param(2, n, marks=pytest.mark.slow) for n in OTHER_SIGNALS),
    ],
)
def test_signal_ends_a_service_whose_network_never_ends(
    start_server: StartServer, lasting_store: Store, number: int, workers: int
) -> None:
    server = start_server(
        lasting_store.location, run_timeout_s=600, shutdown_timeout_s=1, workers=workers
    )
    server.wait_ready()
    server.wait_for_version(1, "trap")
    asking = threading.Thread(target=_ask_in_vain, args=[server], daemon=True)
    asking.start()
    while not _is_running(server):
        time.sleep(0.02)
    server.send(number)
    assert server.wait() == 0
    asking.join()


def _ask_in_vain(server: Server) -> None:
    with contextlib.suppress(httpx.TransportError):
        httpx.post(f"{server.url}/predict", json=POISON)


def _is_running(server: Server) -> bool:
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    (line,) = [line for line in lines if line.startswith("tabuada_requests_in_progress ")]
    return float(line.split()[1]) >= 2
