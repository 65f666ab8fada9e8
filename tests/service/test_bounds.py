"""What a client can make the service do is bounded: each row of the table in SECURITY.md, tried."""

import ast
import re
from collections.abc import Iterator

import pytest

from tabuada.artifacts.store import Store
from tests.service.bound_asking import post, wait_for_requests
from tests.service.bound_tries import GOOD, LIMITS, TRIES
from tests.service.serving import ROOT, Server


@pytest.fixture(scope="module")
def bounded(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with room for little."""
    server = Server(store.location, tmp_path_factory.mktemp("bounded") / "log", **LIMITS)
    server.wait_ready()
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log(), server.log()


ELSEWHERE = {
    "PREDICT_WAIT_S": (
        "test_overload.py",
        "test_work_that_does_not_begin_in_time_is_refused_with_when_to_come_again",
    ),
    "MAX_QUEUED_ROWS": (
        "test_thread_batcher.py",
        "test_more_rows_than_may_wait_are_refused_and_taken_again_later",
    ),
    "LOADED_VERSIONS": (
        "test_catalogue.py",
        "test_versions_are_loaded_once_and_forgotten_in_turn",
    ),
    "LOAD_TIMEOUT_S": (
        "test_serial_executor.py",
        "test_executor_gives_up_what_does_not_come_back_and_starts_no_more_than_a_few",
    ),
    "RUN_TIMEOUT_S": (
        "test_lasting_networks.py",
        "test_run_that_never_ends_is_ended_and_keeps_nobody_else",
    ),
    "MAX_VERSION_BYTES": (
        "test_version_sizes.py",
        "test_version_that_is_too_large_is_refused_before_its_files_are_read",
    ),
}
"""Bounds that are tried where what they need is there: the file and the test."""


def read_table() -> list[str]:
    """Return the last cell of each row, the name of its bound."""
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    section = text.partition("## What a client can make the service do")[2].partition("\n## ")[0]
    cells = re.findall(r"^\|.*\| ([^|]+) \|$", section, re.MULTILINE)
    return [cell.strip("`") for cell in cells if cell not in ("name", "---")]


def test_table_of_bounds_names_each_once_and_every_one_is_tried() -> None:
    names = read_table()
    assert len(names) > 20
    assert sorted(names) == sorted([*TRIES, *ELSEWHERE])


def test_table_of_bounds_names_settings_that_there_are() -> None:
    from service.settings import Settings  # noqa: PLC0415 -- pydantic-settings takes a while

    named = {name.lower() for name in read_table() if not name.startswith("fixed")}
    assert named <= set(Settings.model_fields)
    limits = {
        name
        for name in Settings.model_fields
        if re.search(r"^max_|_timeout_s$|_wait_s$|_bytes$", name)
    }
    elsewhere = {"inline_bytes", "max_batch_rows", "worker_timeout_s", "shutdown_timeout_s"}
    assert limits - named <= elsewhere, "a limit that the table does not name"


@pytest.mark.parametrize("name", TRIES)
def test_bound_holds(bounded: Server, name: str) -> None:
    wait_for_requests(bounded, 0)
    TRIES[name](bounded)
    wait_for_requests(bounded, 0)
    assert post(bounded, GOOD).status_code == 200


@pytest.mark.parametrize(("file", "test"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_bound_is_tried_elsewhere(file: str, test: str) -> None:
    tree = ast.parse((ROOT / "tests" / "service" / file).read_text("utf-8"))
    assert test in {x.name for x in ast.walk(tree) if isinstance(x, ast.FunctionDef)}
