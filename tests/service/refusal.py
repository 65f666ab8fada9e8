"""What every refusal of the service looks like."""

import json

import httpx
import pytest

JSON = {"Content-Type": "application/json"}
ROW = {"a": 1, "op": "+", "b": 2}


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
    return message


def check_protocol_refusal(answer: httpx.Response, status: int, *said: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.text, parse_constant=pytest.fail)
    assert set(body) == {"error"}
    assert isinstance(body["error"], str)
    assert len(body["error"]) < 600
    for text in ("expected ", *said):
        assert text in body["error"]
