"""Large bodies of JSON take little memory, and hold nobody up."""

import functools
import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tabuada.artifacts.store import Store
from tests.service.refusal import JSON
from tests.service.serving import Server
from tests.service.tensors import INFER
from tests.service.unharmed import look_at

MIB = 2**20
LONG = 16 * MIB - 200
ROWS = 100_000


def fill(before: bytes, unit: bytes, after: bytes, size: int = LONG) -> bytes:
    """Return a body of some size."""
    return before + unit * ((size - len(before) - len(after)) // len(unit)) + after


def write_rows(**members: Any) -> bytes:
    row = {"a": 4.93, "op": "+", "b": 4.02}
    return json.dumps({"instances": [row] * ROWS, **members}).encode()


Build = Callable[[], bytes]
# Made when they are sent. Each with the status that is right.
HOSTILE: dict[str, tuple[str, Build, int]] = {
    "lists": ("/predict", lambda: fill(b'{"op":"+","b":[1],"a":[', b"[],", b"[]]}"), 413),
    "objects": ("/predict", lambda: fill(b'{"instances":[', b"{},", b"{}]}"), 413),
    "tensor": (INFER, lambda: fill(b'{"inputs":[{"name":"a","data":[', b"[],", b"[]]}]}"), 422),
    "inputs": (INFER, lambda: fill(b'{"inputs":[', b"{},", b"{}]}"), 422),
    "rows of lists": (
        "/predict",
        lambda: fill(b'{"instances":[', b"[" + b"[]," * 20_000 + b"1],", b"{}]}"),
        422,
    ),
    "a bad row at the end": ("/predict", lambda: write_rows()[:-2] + b",{}]}", 413),
    "a wide text": ("/predict", lambda: fill(b'{"model":"', b"a", '😀"}'.encode()), 422),
    "names": ("/predict", lambda: fill(b"{", b'"a":1,', b'"a":1}'), 422),
    "past the limit": ("/predict", lambda: fill(b'{"a":[', b"{},", b"{}]}", 64 * MIB), 413),
}
MORE_HOSTILE: dict[str, tuple[str, Build, int]] = {
    "texts": ("/predict", lambda: fill(b'{"expressions":[', b'"",', b'""]}'), 413),
    "numbers": ("/predict", lambda: fill(b'{"op":"+","b":[1],"a":[', b"1,", b"1]}"), 413),
    "evaluate": ("/evaluate", lambda: fill(b'{"instances":[', b"{},", b"{}]}"), 413),
    "unknown": (INFER, lambda: fill(b'{"x":[', b"[],", b"[]]}"), 422),
    "a fault at the end": ("/predict", lambda: write_rows()[:-3] + b"]}", 400),
    "nesting": ("/predict", lambda: b"[" * LONG, 400),
    "closed nesting": (
        "/predict",
        lambda: b'{"a":' + b"[" * (LONG // 2) + b"]" * (LONG // 2) + b"}",
        400,
    ),
    "a text": ("/predict", lambda: fill(b'{"model":"', b"a", b'"}'), 422),
    "escapes": ("/predict", lambda: fill(b'{"model":"', b"\\u0041", b'"}'), 422),
    "a name": ("/predict", lambda: fill(b'{"', b"a", b'":1}'), 422),
    "digits": ("/predict", lambda: fill(b'{"a":[', b"9", b"]}"), 400),
    "white space": ("/predict", lambda: b" " * LONG, 400),
    "quotes": ("/predict", lambda: b'"' * LONG, 400),
    "commas": ("/predict", lambda: b"[" + b"," * LONG, 400),
}


@pytest.fixture(scope="module")
def roomy(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with the limits that it has by default."""
    server = Server(store.location, tmp_path_factory.mktemp("roomy") / "log", predict_wait_s=30)
    server.wait_ready()
    httpx.post(f"{server.url}/predict", content=write_rows(), headers=JSON, timeout=60)
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log(), server.log()


def ask_watched(server: Server, path: str, content: bytes) -> httpx.Response:
    """Ask something large, and make sure that somebody else is answered meanwhile.

    How long others wait is counted in the service's own processor time: other programs take none
    of that. Nothing else may happen in this process: a long list of objects would hold up those
    who watch.
    """
    waits: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            while not over.wait(0.005):
                begun = read_cpu_s(server)
                assert client.get("/health/live").status_code == 200
                waits.append(read_cpu_s(server) - begun)

    asking = threading.Thread(target=ask)
    asking.start()
    begun = read_cpu_s(server)
    answer = httpx.post(f"{server.url}{path}", content=content, headers=JSON, timeout=60)
    took_s = read_cpu_s(server) - begun
    over.set()
    asking.join()
    # The longest is some 20 ms; where a body was parsed at once it was all that the body took.
    assert max(waits, default=0) < max(0.1, 0.7 * took_s)
    return answer


def read_cpu_s(server: Server) -> float:
    """Return the processor time of a service so far, to a hundredth of a second."""
    status = (Path("/proc") / str(server.process.pid) / "stat").read_text()
    user, system = status.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def read_peak_mib(server: Server) -> float:
    status = (Path("/proc") / str(server.process.pid) / "status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


@pytest.mark.parametrize(
    "name", [*HOSTILE, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE_HOSTILE)]
)
def test_hostile_body_takes_little_and_holds_nobody_up(roomy: Server, name: str) -> None:
    path, build, status = (HOSTILE | MORE_HOSTILE)[name]
    content = build()
    before = look_at(roomy).memory_mib
    (Path("/proc") / str(roomy.process.pid) / "clear_refs").write_text("5")  # the peak's
    answer = ask_watched(roomy, path, content)
    assert answer.status_code == status, answer.text
    assert read_peak_mib(roomy) < before + 6 * min(len(content), 16 * MIB) / MIB


def test_memory_of_large_bodies_is_given_back(roomy: Server) -> None:
    before = look_at(roomy).memory_mib
    for path, build, _ in list(HOSTILE.values())[:4]:
        httpx.post(f"{roomy.url}{path}", content=build(), headers=JSON, timeout=60)
    end = time.monotonic() + 30
    while look_at(roomy).memory_mib > before + 32:
        assert time.monotonic() < end, (before, look_at(roomy))
        time.sleep(0.2)


FORMS = ("rows", "columns", "signs", "expressions")


@functools.cache
def draw() -> tuple[list[float], list[float]]:
    """Return as many operands as a request may have."""
    rng = random.Random(1)
    a, b = ([rng.uniform(-9, 9) for _ in range(ROWS)] for _ in range(2))
    return a, b


def write_form(form: str) -> dict[str, Any]:
    """Return a request of as many rows as one may have."""
    a, b = draw()
    if form == "rows":
        return {"instances": [{"a": x, "op": "+", "b": y} for x, y in zip(a, b, strict=True)]}
    if form == "expressions":
        return {"expressions": [f"{x!r} + {y!r}" for x, y in zip(a, b, strict=True)]}
    return {"a": a, "op": ["+"] * ROWS if form == "signs" else "+", "b": b}


@pytest.mark.parametrize("form", FORMS)
def test_as_many_rows_as_may_be_are_answered_as_few_are(roomy: Server, form: str) -> None:
    asked = write_form(form)
    answer = ask_watched(roomy, "/predict", json.dumps(asked).encode())
    assert answer.status_code == 200, answer.text
    predictions = answer.json()["predictions"]
    few = {name: v[-50:] if isinstance(v, list) else v for name, v in asked.items()}
    small = httpx.post(f"{roomy.url}/predict", json=few, timeout=60).json()["predictions"]
    assert predictions[-50:] == pytest.approx(small, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("shape", [[ROWS], [ROWS, 1]])
def test_tensors_of_as_many_rows_as_may_be_are_answered(roomy: Server, shape: list[int]) -> None:
    a, b = draw()
    nested: list[Any] = [[x] for x in a] if len(shape) == 2 else a
    body = {
        "inputs": [
            {"name": "a", "shape": shape, "datatype": "FP64", "data": nested},
            {"name": "op", "shape": [ROWS], "datatype": "BYTES", "data": ["+"] * ROWS},
            {"name": "b", "shape": [ROWS], "datatype": "FP64", "data": [b]},  # one long row
        ]
    }
    answer = ask_watched(roomy, INFER, json.dumps(body).encode())
    assert answer.status_code == 200, answer.text
    predictions = answer.json()["outputs"][0]["data"]
    columns = {"a": a, "op": "+", "b": b}
    same = httpx.post(f"{roomy.url}/predict", json=columns, timeout=60).json()["predictions"]
    np.testing.assert_allclose(predictions, same, rtol=1e-5, atol=1e-5)


def test_evaluation_of_as_many_rows_as_may_be_is_answered(roomy: Server) -> None:
    body = {**write_form("rows"), "expected": [x + y for x, y in zip(*draw(), strict=True)]}
    answer = ask_watched(roomy, "/evaluate", json.dumps(body).encode())
    assert answer.status_code == 200, answer.text
    assert answer.json()["overall"]["n"] == ROWS


@pytest.mark.parametrize(
    ("form", "spoiled", "field"),
    [
        ("rows", {"a": None, "op": "+", "b": 1}, "instances[99000].a"),
        ("rows", {"a": 1, "op": "+"}, "instances[99000].b"),
        ("rows", {"a": 1, "op": "?", "b": 1}, "instances[99000].op"),
        ("rows", {"a": 1, "op": "+", "b": 1, "c": 1}, "instances[99000].c"),
        ("columns", "1", "a[99000]"),
        ("signs", "123456789", "op[99000]"),
        ("expressions", 7, "expressions[99000]"),
        ("expressions", "seven", "expressions[99000]"),
    ],
)
def test_fault_far_down_is_told_with_its_place(
    roomy: Server, form: str, spoiled: Any, field: str
) -> None:
    member = field.partition("[")[0]
    body = write_form(form)
    values = body[member] = [*body[member]]
    values[99_000] = spoiled
    answer = httpx.post(f"{roomy.url}/predict", json=body, timeout=60)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["field"] == field
