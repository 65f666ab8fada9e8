"""What a service looks like that came through: it answers in shape, and holds on to nothing."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.refusal import check_wording
from tests.service.serving import Server

DEADLINE_S = 60.0
"""By far more than anything here takes: past it, a request hangs."""

_SPARE_MIB = 48
_SPARE_DESCRIPTORS = 4


@dataclass(frozen=True)
class Holdings:
    """What a process holds, as Linux counts it."""

    memory_mib: float
    descriptors: int


def look_at(server: Server) -> Holdings:
    """Return what a service's process holds now."""
    process = Path("/proc") / str(server.process.pid)
    pages = int((process / "statm").read_text().split()[1])
    return Holdings(pages * 4096 / 2**20, len(list((process / "fd").iterdir())))


@contextmanager
def come_through(server: Server) -> Iterator[None]:
    """Make sure that a service comes out of something as it went in."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs /proc")
    before = look_at(server)
    yield
    assert server.process.poll() is None
    assert "Traceback" not in server.log(), server.log()[-5000:]
    end = time.monotonic() + DEADLINE_S
    while look_at(server).descriptors > before.descriptors + _SPARE_DESCRIPTORS:
        assert time.monotonic() < end, (before, look_at(server))
        time.sleep(0.1)
    assert look_at(server).memory_mib < before.memory_mib + _SPARE_MIB, (before, look_at(server))


def check_answer(status: int, media: str, content: bytes, path: str) -> Any:
    """Check that an answer is a success or a refusal in the shape of its path; return its JSON."""
    assert 200 <= status < 300 or 400 <= status < 500, (status, content[:1000])
    if media == "application/octet-stream":
        assert status == 200
        return None
    assert media == "application/json", (status, media, content[:1000])
    body = json.loads(content, parse_constant=pytest.fail)
    if status >= 400:
        assert set(body) == {"error"}, body
        error = body["error"]
        if path.startswith("/v2"):
            assert isinstance(error, str)
            assert 0 < len(error) < 1000
            check_wording(error)
        else:
            assert {"code", "message"} <= set(error) <= {"code", "message", "field"}, body
            assert 0 < len(error["message"]) < 1000
            check_wording(error["message"])
            assert len(error.get("field", "")) < 1000
    return body


def check_still_answers(client: httpx.Client) -> None:
    """Ask something good."""
    answer = client.post("/predict", json={"a": [1, 2], "op": "+", "b": [3, 4]})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["predictions"]) == 2
