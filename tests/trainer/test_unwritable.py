"""Tests of places that are full or cannot be written to: one line, and the same command goes on."""

from pathlib import Path

import pytest

from tabuada.manifests.files import TRAINING
from tests.trainer.conftest import TINY, Trained, ignoring_warnings
from tests.trainer.finished_runs import copy_run
from tests.trainer.full_disks import fill, limit_files, mount_small_disk
from tests.trainer.searching import search_here
from trainer.cli import main
from trainer.durable_files import remove, save_file, write_json
from trainer.errors import RunNotWritable
from trainer.presets import load_config
from trainer.run import Run, open_run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner")

LEFT_BY = {
    "search": ["results.json", "search"],
    "fit": ["history.json", "model.keras"],
    "evaluate": ["evaluation.json", "version"],
    "publish": [],
}
"""What each stage leaves."""


def run_stage(stage: str, runs: Path, store: Path) -> int:
    with ignoring_warnings():
        return main([stage, "--preset", "seed", "--config", str(TINY), "--runs", str(runs),
                     "--artifacts", str(store)])  # fmt: skip


def read_line(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    assert said.startswith("error: expected ")
    return said


def take_back(run: Run, stage: str) -> None:
    """Bring a complete run to where a stage begins."""
    for later in list(LEFT_BY)[list(LEFT_BY).index(stage) :]:
        for name in LEFT_BY[later]:
            remove(run.folder / name)
    for path in run.version.glob("*"):  # what publishing adds
        if path.name != TRAINING:
            remove(path)


@pytest.mark.parametrize("place", ["file", "file/in it", "/proc/x", "/dev/null/x"])
def test_runs_that_cannot_be_a_folder_are_refused_in_a_line(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    runs = tmp_path / place
    assert run_stage("search", runs, tmp_path / "store") == 1
    said = read_line(capsys)
    assert f"expected to read and write in {runs}" in said
    assert "or name another folder with --runs" in said or "Name another folder" in said


def test_runs_on_a_disk_that_is_read_only_are_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mount_small_disk(tmp_path / "disk", writable=False):
        assert run_stage("search", tmp_path / "disk" / "runs", tmp_path / "store") == 1
    assert "Read-only file system. Mount it writable, or name another" in read_line(capsys)


@pytest.mark.parametrize("name", ["lock", "config.json", "search/log.jsonl"])
def test_folder_in_place_of_a_file_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_run(load_config("seed", TINY), tmp_path / "runs") as run:
        pass
    remove(run.folder / name)
    (run.folder / name).mkdir(parents=True)
    assert run_stage("search", tmp_path / "runs", tmp_path / "store") == 1
    assert str(run.folder / name) in read_line(capsys)


@pytest.mark.parametrize(("stage", "free_bytes"), [("fit", 0), ("evaluate", 2**19), ("publish", 0),
                                                   ("publish", 2**16)])  # fmt: skip
def test_stage_goes_on_once_a_full_disk_has_room(
    stage: str,
    free_bytes: int,
    trained: Trained,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    disk = tmp_path / "disk"
    with mount_small_disk(disk):
        take_back(copy_run(trained, disk / "runs"), stage)
        with fill(disk, free_bytes):
            assert run_stage(stage, disk / "runs", tmp_path / "store") == 1
            assert "No space left on device. Free some space" in read_line(capsys)
        assert run_stage(stage, disk / "runs", tmp_path / "store") == 0


@pytest.mark.parametrize("stage", ["fit", "evaluate", "publish"])
def test_stage_says_that_a_file_may_not_grow(
    stage: str, trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = copy_run(trained, tmp_path / "runs")
    take_back(run, stage)
    with limit_files(10_000):
        assert run_stage(stage, tmp_path / "runs", tmp_path / "store") == 1
    assert "File too large. Raise the greatest size" in read_line(capsys)


def test_publishing_to_a_full_store_goes_on_once_it_has_room(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy_run(trained, tmp_path / "runs")
    disk = tmp_path / "disk"
    with mount_small_disk(disk):
        with fill(disk, 2**17):
            assert run_stage("publish", tmp_path / "runs", disk / "store") == 1
            assert "expected a writable store" in read_line(capsys)
        assert run_stage("publish", tmp_path / "runs", disk / "store") == 0


def test_trial_without_room_is_no_failed_trial(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mount_small_disk(disk):
        with fill(disk, 2**14), pytest.raises(RunNotWritable, match="No space left on device"):
            search_here(disk / "runs")
        results, _ = search_here(disk / "runs")
    assert not any(result.failed for result in results)


def test_file_is_whole_or_as_before(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(path, {"a": float("nan")})

    def write_half(to: Path) -> None:
        to.write_text('{"a"')
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_file(path, write_half)
    assert path.read_text() == '{\n "a": 1\n}\n'
    assert [each.name for each in tmp_path.iterdir()] == ["file.json"]
