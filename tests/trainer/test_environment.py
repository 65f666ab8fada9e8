"""Tests of the environment that the trainer sets before it imports what reads it."""

import os

import pytest

from trainer.environment import prepare_environment


@pytest.mark.parametrize(("set_before", "then"), [(None, "1"), ("0", "0")])
def test_onnx_runtime_tells_nobody_of_its_use_unless_told_to(
    set_before: str | None, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")  # taken back after the test
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    if set_before is None:
        monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    prepare_environment()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == then
