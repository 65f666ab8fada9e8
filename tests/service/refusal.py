"""What every refusal of the service looks like."""

import json
import re

import httpx
import pytest

JSON = {"Content-Type": "application/json"}
ROW = {"a": 1, "op": "+", "b": 2}

_SHAPE = re.compile(r"(\S+: )?expected .+ Received: .+\. [A-Z`].+", re.DOTALL)
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_PYTHON = re.compile(
    r"\b(None|True|False|nan|inf|dict|tuple|ndarray)\b|(?<!\w)'[^']*'|<class|0x[0-9a-f]{6}"
)
_LIBRARIES = re.compile(
    "[Pp]ydantic|msgspec|jiter|[Ss]tarlette|[Ff]astapi|httptools|uvicorn|onnxruntime|botocore|"
    "Input should|Value error|valid (number|integer|string|boolean|list|dictionary)|Errno|Error|"
    "Traceback|expected value at|EOF while|trailing (comma|characters)"
)
_SINGULAR = re.compile(r"\b1 (items|characters|rows|bytes|elements|versions)\b")


def check_wording(message: str) -> None:
    """Check that a message says what was expected, what came and what to do, in our own words."""
    assert _SHAPE.fullmatch(message), message
    said = _TEXT.sub('""', message)  # a client may have sent whatever it likes
    for forbidden in (_PYTHON, _LIBRARIES, _SINGULAR):
        found = forbidden.search(said)
        assert found is None, (found and found[0], message)


def check_refusal(answer: httpx.Response, status: int, code: str, field: str | None) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.text, parse_constant=pytest.fail)
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == ({"code", "message", "field"} if field else {"code", "message"}), error
    assert error["code"] == code, error
    assert error.get("field") == field, error
    assert len(error["message"]) < 500
    message: str = error["message"]
    assert message.startswith("expected "), message
    check_wording(message)
    return message


def check_protocol_refusal(answer: httpx.Response, status: int, *said: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.text, parse_constant=pytest.fail)
    assert set(body) == {"error"}
    assert isinstance(body["error"], str)
    assert len(body["error"]) < 600
    check_wording(body["error"])
    for text in ("expected ", *said):
        assert text in body["error"]
