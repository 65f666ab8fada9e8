"""Tests of Ctrl-C and SIGTERM: a command ends in order, and at once when it is asked again."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from trainer.interruption import check_interruption, interruptible

SCRIPT = """
import sys, time
from trainer.interruption import interruptible

try:
    with interruptible():
        try:
            print("at work", flush=True)
            time.sleep(600)
        finally:
            print("tidying up", flush=True)
            if sys.argv[1] == "long":
                time.sleep(600)
except KeyboardInterrupt:
    print("ended in order", flush=True)
    sys.exit(130)
"""


@contextmanager
def start(how: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_interrupted_command_ends_in_order(number: signal.Signals) -> None:
    with start("short") as process:
        assert read_line(process) == "at work"
        process.send_signal(number)
        said, errors = process.communicate(timeout=60)
        assert (said, errors) == ("tidying up\nended in order\n", "")
        assert process.returncode == 130


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_command_that_is_interrupted_twice_ends_at_once_and_without_traceback(
    number: signal.Signals,
) -> None:
    with start("long") as process:
        assert read_line(process) == "at work"
        process.send_signal(signal.SIGINT)
        assert read_line(process) == "tidying up"
        process.send_signal(number)
        said, errors = process.communicate(timeout=60)
        assert (said, errors) == (
            "",
            "\nInterrupted. The same command goes on where it stopped.\n",
        )
        assert process.returncode == 130


def test_command_without_interruption_leaves_signals_as_they_were() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) != before[1]
    with pytest.raises(ValueError, match="of another kind"), interruptible():
        raise ValueError("of another kind")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_interruption_that_was_lost_is_found_by_who_asks() -> None:
    before = [(number, signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        with interruptible():
            check_interruption()
            with pytest.raises(KeyboardInterrupt):  # as Python drops it while it tidies up
                signal.raise_signal(signal.SIGTERM)
            with pytest.raises(KeyboardInterrupt):
                check_interruption()
    finally:
        for number, handler in before:
            signal.signal(number, handler)
