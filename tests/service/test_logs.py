"""Log lines: for people, or one JSON object each, and tied to the request they are about."""

import json
import re
from typing import Any

import httpx

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.serving import Server

BODY = {"expressions": ["1 + 1"]}


def read_lines(server: Server) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.log().splitlines()]


def test_json_log_is_one_object_a_line_from_the_first_to_the_last(
    start_server: StartServer, store: Store
) -> None:
    server = start_server(store.location, log_format="json")
    server.wait_ready()
    assert server.stop() == 0
    lines = read_lines(server)
    assert {"event", "level", "logger", "process", "timestamp"} <= set.intersection(
        *(set(line) for line in lines)
    )
    assert any(line["event"].startswith("mlp now answers with version 2, ") for line in lines)


def test_access_log_tells_who_answered_and_in_what_time(
    start_server: StartServer, store: Store
) -> None:
    server = start_server(store.location, log_format="json", access_log="true")
    server.wait_ready()
    headers = {"X-Request-ID": "of-mine"}
    answer = httpx.post(f"{server.url}/predict", json=BODY, headers=headers)
    assert answer.headers["x-request-id"] == "of-mine"
    httpx.post(f"{server.url}/predict", json={"expressions": []}, headers=headers)
    httpx.get(f"{server.url}/models/mlp/versions/2", headers=headers)
    server.stop()
    good, bad, listed = (line for line in read_lines(server) if line["logger"] == "service.access")
    assert {name: good[name] for name in ("method", "route", "status", "model", "version")} == {
        "method": "POST", "route": "/predict", "status": 200, "model": "mlp", "version": 2,
    }  # fmt: skip
    assert good["duration_ms"] > 0
    assert (bad["status"], bad["code"]) == (422, "empty_list")
    assert listed["route"] == "/models/{model}/versions/{version}"
    assert {line["request_id"] for line in (good, bad, listed)} == {"of-mine"}


def test_plain_log_names_the_request_behind_the_message(
    start_server: StartServer, store: Store
) -> None:
    server = start_server(store.location, access_log="true")
    server.wait_ready()
    request_id = httpx.post(f"{server.url}/predict", json=BODY).headers["x-request-id"]
    server.stop()
    pattern = rf"INFO service.access: POST /predict 200 [\d.]+ ms \[{re.escape(request_id)}\]"
    assert re.search(pattern, server.log())


def test_request_ids_are_new_each_time_and_never_a_strangers_text(client: httpx.Client) -> None:
    hostile = ["", "a b", "x" * 129, '{"a":1}', "ü"]
    answers = [
        client.post("/predict", json=BODY, headers={b"X-Request-ID": text.encode("latin-1")})
        for text in (*hostile, *hostile)
    ]
    given = {answer.headers["x-request-id"] for answer in answers}
    assert len(given) == len(answers)
    assert all(re.fullmatch(r"[0-9a-f]+-[0-9a-f]+", request_id) for request_id in given)
