"""Asks running services for the examples of the OpenAPI description.

Where an answer has changed on purpose, write the file with the examples anew:

    .venv/dev/bin/python -m tests.description.recording
"""

import json
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from tabuada.artifacts.store import Store
from tests.description.cases import ADMIN_KEY, API_KEY, CASES, Case, Place, Way
from tests.service.lasting import TrappedNetwork
from tests.service.serving import ROOT, Server
from tests.service.tiny import fit_network, publish_tiny
from tests.shipped import copy_first_versions

EXAMPLES = ROOT / "service" / "description" / "examples.json"
_NOWHERE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # the port that discards, where nobody listens
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
}
_LOADED = Case("", 200, "", "GET", "/admin/models")
_OWN_SETTINGS: dict[Place, dict[str, int]] = {
    "empty": {"max_requests": 2},
    "endless": {"run_timeout_s": 1},
}
Answers = dict[str, dict[str, dict[str, Any]]]
"""Example by operation, status and name."""


def ask_all(folder: Path) -> Answers:
    """Return the answers to all cases.

    Args:
        folder: Where the services may keep what they need.
    """
    answers: Answers = {}
    with _serve(folder) as servers, ThreadPoolExecutor() as threads:
        slow = {
            case: threads.submit(_ask_slowly, servers[case.place], case)
            for case in CASES
            if case.way == "slowly"
        }
        for case in CASES:
            asked = (
                slow[case].result() if case in slow else _ASK[case.way](servers[case.place], case)
            )
            status, text = asked
            assert status == case.status, (case, status, text)
            text = text.replace(str(folder / case.place), "artifacts")  # as if nothing were set
            answers.setdefault(case.operation, {}).setdefault(str(status), {})[case.name] = (
                json.loads(text)
            )
    # Nothing keeps root, as which tests may run, from removing a label.
    answers["remove_label"]["409"] = answers["move_label"]["409"]
    return answers


@contextmanager
def _serve(folder: Path) -> Iterator[dict[Place, Server]]:
    """Start the services that the cases are sent to."""
    settings: dict[str, str | int] = {
        "body_timeout_s": 1,
        "api_keys": API_KEY,
        "admin_keys": ADMIN_KEY,
        "default_model": "arithmetic",
    }
    for place in ("shipped", "damaged"):
        copy_first_versions(folder / place)
    _damage(folder / "damaged")
    (folder / "empty").mkdir()
    _publish_endless(folder / "endless")
    stores: dict[Place, Path | str] = {
        "shipped": folder / "shipped", "damaged": folder / "damaged", "empty": folder / "empty",
        "unreachable": "s3://models", "endless": folder / "endless",
    }  # fmt: skip
    with patch.dict(os.environ, _NOWHERE), ThreadPoolExecutor() as threads, ExitStack() as stack:

        def start(place: Place) -> Server:
            log, cache = folder / f"log of {place}", folder / f"cache of {place}"
            own = _OWN_SETTINGS.get(place, {})
            server = Server(stores[place], log, cache=str(cache), **settings, **own)
            stack.callback(server.stop)
            return server

        servers = dict(zip(stores, threads.map(start, stores), strict=True))
        end = time.monotonic() + 60
        while _ask(servers["shipped"], _LOADED)[1].count('"serving_version":1') < 2:
            assert time.monotonic() < end, servers["shipped"].log()
            time.sleep(0.05)  # both have to be there to be told of
        servers["endless"].wait_ready()
        yield servers


def _publish_endless(store: Path) -> None:
    """Publish a network that for some operand never ends."""
    one = fit_network()
    network = TrappedNetwork(one.hidden, one.bias, one.out)
    publish_tiny(Store(store), store.with_name("endless work"), network, "arithmetic")


def _damage(store: Path) -> None:
    """Damage a store in the ways that the cases tell of."""
    (store / "mlp" / "1" / "manifest.json").write_text("{", "utf-8")
    (store / "arithmetic" / "1" / "MODEL_CARD.md").write_text("Another one", "utf-8")
    (store / ".staging").write_text("No folder", "utf-8")


def _ask(server: Server, case: Case) -> tuple[int, str]:
    key = ADMIN_KEY if case.path.startswith("/admin") else API_KEY
    with httpx.Client(base_url=server.url, headers={"X-API-Key": key}) as client:
        answer = client.request(case.method, case.path, **case.options)
    return answer.status_code, answer.text


def _ask_slowly(server: Server, case: Case) -> tuple[int, str]:
    with server.connect() as connection:
        _announce(connection, case.path)
        answer = HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read().decode()


def _announce(connection: socket.socket, path: str) -> None:
    """Announce a body, and send the beginning of it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {API_KEY}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    connection.sendall(head.encode())


def _ask_in_a_crowd(server: Server, case: Case) -> tuple[int, str]:
    """Ask while as many requests are in progress as may be, whose bodies are still to come."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with server.connect() as one, server.connect() as other:
            for connection in (one, other):
                _announce(connection, "/predict")
            time.sleep(0.1)
            status, text = _ask(server, case)
        if "requests at a time" in text:
            return status, text
    raise AssertionError(f"never too much: {text}")


_ASK: dict[Way, Callable[[Server, Case], tuple[int, str]]] = {
    "plainly": _ask,
    "slowly": _ask_slowly,
    "in a crowd": _ask_in_a_crowd,
}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        recorded = json.dumps(ask_all(Path(folder)), ensure_ascii=False, indent=1)
    EXAMPLES.write_text(recorded + "\n", "utf-8")
