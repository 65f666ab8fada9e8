"""What a manifest says of the run that made it: for people, and never a reason to refuse."""

import json
from typing import Any

import pytest

from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tabuada.manifests.parsing import parse_manifest
from tests.tabuada.samples import describe, write_files

RUN = {
    "started_at": "2026-11-25T19:52:22+00:00",
    "processors": ["AMD EPYC, AVX-512"],
    "cores": 2,
    "stages_s": {"search": 130.6, "fit": 5.7},
    "whole_s": 164.1,
    "interruptions": 1,
    "examples": {"training": 240, "validation": 80, "test": 80},
}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A manifest of the newest format, as JSON."""
    folder = tmp_path_factory.mktemp("store")
    store = Store(folder / "store")
    publish(store, write_files(folder / "files"), describe())
    written: dict[str, Any] = json.loads((folder / "store/mlp/1/manifest.json").read_text())
    return written


def read(facts: dict[str, Any], **members: Any) -> Any:
    return parse_manifest(json.dumps(facts | members).encode())


def test_run_of_a_manifest_is_read_and_written_as_it_was(facts: dict[str, Any]) -> None:
    manifest = read(facts, run=RUN)
    assert manifest.run.whole_s == 164.1
    assert json.loads(manifest.model_dump_json())["run"] == RUN


def test_manifest_without_a_run_says_nothing_of_it(facts: dict[str, Any]) -> None:
    assert read(facts).run is None
    assert "run" not in json.loads(read(facts).model_dump_json())


@pytest.mark.parametrize(
    "run",
    [None, 7, "yesterday", [], {}, RUN | {"whole_s": -1}, RUN | {"cores": 0},
     RUN | {"processors": "one"}, RUN | {"examples": None}],
)  # fmt: skip
def test_run_that_is_no_record_is_taken_as_absent(run: Any, facts: dict[str, Any]) -> None:
    manifest = read(facts, run=run)
    assert manifest.run is None
    assert manifest.model == read(facts).model
