"""The service as it runs requests together: 200 clients at a time, each answer checked."""

import re

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.crowd import ask_as_crowd
from tests.service.test_predict import Networks


def count_runs(url: str) -> tuple[int, int]:
    """Return how many runs there were, and how many requests were queued for them."""
    text = httpx.get(f"{url}/metrics").text
    runs = re.search(r'^tabuada_batch_rows_count\{model="mlp"\} (\d+)', text, re.M)
    queued = re.search(r'^tabuada_queue_duration_seconds_count\{queue="batch"\} (\d+)', text, re.M)
    assert runs
    assert queued
    return int(runs[1]), int(queued[1])


@pytest.mark.parametrize("limits", [{}, {"max_batch_rows": 8}], ids=["default", "small batches"])
def test_200_clients_get_their_own_answers(
    start_server: StartServer, store: Store, networks: Networks, limits: dict[str, int]
) -> None:
    server = start_server(store.location, **limits)
    server.wait_ready()
    ask_as_crowd(server.url, networks[2])
    runs, queued = count_runs(server.url)
    assert 0 < runs < queued
    assert server.stop() == 0
    assert "Traceback" not in server.log()


def test_200_clients_get_their_answers_without_batching(
    start_server: StartServer, store: Store, networks: Networks
) -> None:
    server = start_server(store.location, batching="false")
    server.wait_ready()
    ask_as_crowd(server.url, networks[2])
    runs, queued = count_runs(server.url)
    assert runs > 100
    assert queued == 0
    assert server.stop() == 0
