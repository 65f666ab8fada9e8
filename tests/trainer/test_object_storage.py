"""The trainer's command line with a store on object storage."""

import uuid
from pathlib import Path

import pytest

from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tests.s3 import BUCKET, S3Server
from tests.tabuada.samples import describe, write_files
from tests.trainer.conftest import TINY, run_trainer
from trainer.cli import main


@pytest.fixture
def url(s3: S3Server) -> str:  # noqa: ARG001 -- it has to run
    return f"s3://{BUCKET}/{uuid.uuid4().hex}/store"


def test_command_line_lists_and_labels_versions_of_a_bucket(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(*arguments: str) -> str:
        assert main([*arguments, "--artifacts", url]) == 0
        return capsys.readouterr().out

    assert tell("list") == f"No version is published in {url}\n"
    store = Store(url, tmp_path / "cache")
    for _ in range(2):
        publish(store, write_files(tmp_path / "source"), describe())
    said = tell("label", "mlp", "stable", "1")
    assert said == "mlp now serves version 1 where none is asked for\n"
    listed = tell("list")
    assert [line.split()[:2] for line in listed.splitlines()[1:]] == [["mlp", "1"], ["mlp", "2"]]
    assert "stable" in listed


def test_run_ends_before_it_begins_where_the_bucket_cannot_be_written_to(
    url: str, s3: S3Server, tmp_path: Path
) -> None:
    with s3.disturbed() as network:
        network.refuse_from = 1
        done = run_trainer("run", "--config", TINY, "--artifacts", url, "--runs", tmp_path)
    assert done.returncode == 1
    assert "Nothing was published" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_bad_url_is_told_before_anything_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--artifacts", "nothing://bucket/folder", "--runs", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: expected the URL of a store, such as s3://")
    assert list(tmp_path.iterdir()) == []
