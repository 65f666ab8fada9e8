"""Tests of damage to a run's folder: one line, which file, what to do, and doing that works."""

import json
import re
from pathlib import Path

import pytest

from tests.trainer.conftest import TINY, Trained, ignoring_warnings
from tests.trainer.finished_runs import BINARY, JSON, Damage, copy_run
from tests.trainer.searching import forget_time, search_here
from trainer.cli import main
from trainer.durable_files import remove
from trainer.run import Run
from trainer.run_files import check_before, read_ranking

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner")

PLOT = "version/training/plots/learning_curve.png"
REPORT = "version/training/report.html"
TABLE = "version/training/trials.csv"
READERS = {
    "results.json": (JSON, ("run", "search", "fit", "evaluate", "publish")),
    "history.json": (JSON, ("run", "fit", "evaluate", "publish")),
    "model.keras": (BINARY, ("run", "fit", "evaluate", "publish")),
    "evaluation.json": (JSON, ("publish",)),
    PLOT: (BINARY, ("publish",)),
    REPORT: (BINARY, ("publish",)),
    TABLE: (BINARY, ("publish",)),
}
"""Each file, what may happen to it, and the stages that read it."""

CASES = [
    pytest.param(file, damage, stage, id=f"{file}-{name}-{stage}")
    for file, (damages, stages) in READERS.items()
    for name, damage in damages.items()
    for stage in stages
]


def list_options(run: Run) -> list[str]:
    runs = run.folder.parent
    return ["--preset", "seed", "--config", str(TINY), "--runs", str(runs),
            "--artifacts", str(runs.parent / "store")]  # fmt: skip


@pytest.fixture
def run(trained: Trained, tmp_path: Path) -> Run:
    return copy_run(trained, tmp_path / "runs")


def fail(stage: str, run: Run, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a stage that cannot, and return the one line that says so."""
    assert main([stage, *list_options(run)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    assert said.startswith("error: expected ")
    assert "Received: " in said
    return said


@pytest.mark.parametrize(("file", "damage", "stage"), CASES)
def test_damaged_file_is_named_with_what_to_do(
    file: str, damage: Damage, stage: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(run.folder / file)
    said = fail(stage, run, capsys)
    assert str(run.folder / file) in said
    assert re.search(r"Remove it to do the (search|fit) again$|trainer evaluate`", said, re.M), said


@pytest.mark.parametrize(
    ("file", "stage"),
    [(file, "publish") for file in READERS]
    + [("results.json", "fit"), ("history.json", "evaluate"), ("model.keras", "evaluate")],
)
def test_missing_file_is_asked_for(
    file: str, stage: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (run.folder / file).unlink()
    assert re.search(r"Run `python -m trainer \w+` with the same options", fail(stage, run, capsys))


def test_what_the_line_says_works(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    original = read_ranking(run)
    for file, stage in {
        "history.json": "fit",
        "model.keras": "fit",
        "evaluation.json": "evaluate",
    }.items():
        (run.folder / file).write_text("{")
        said = fail("publish" if stage == "evaluate" else "fit", run, capsys)
        if "Remove it" in said:
            remove(run.folder / file)
        with ignoring_warnings():
            assert main([stage, *list_options(run)]) == 0
        check_before(run, "evaluate")
    check_before(run, "publish")
    run.results.write_text("null")
    fail("evaluate", run, capsys)
    remove(run.results)
    again, said = search_here(run.folder.parent)
    assert "3 of them done before" in said
    assert forget_time(again) == forget_time(original)


def test_new_fit_takes_back_what_was_evaluated(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run.network.unlink()
    with ignoring_warnings():
        assert main(["fit", *list_options(run)]) == 0
    assert "trainer evaluate`" in fail("publish", run, capsys)


def test_fit_of_what_is_no_longer_best_is_done_again(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    results = json.loads(run.results.read_text())
    run.results.write_text(json.dumps([*results[1:], results[0]]))
    assert "trainer fit` with the same options" in fail("evaluate", run, capsys)
    with ignoring_warnings():
        assert main(["fit", *list_options(run)]) == 0
    check_before(run, "evaluate")


LINES: dict[str, str] = {
    "{": "{",
    "null": "null",
    "[]": "[]",
    "{}": "{}",
    "empty": "",
    "deep": "[" * 100_000,
    "both": '{"task": null, "result": null}',
    "unknown key": '{"task": {"trial": "0", "values": {}, "epochs": 1, "more": 1}}',
    "missing key": '{"task": {"trial": "0", "values": {}}}',
    "other values": '{"task": {"trial": "0", "values": {"num_layers": 9}, "epochs": 1}}',
    "not proposed": '{"result": {"trial": "77", "values": {}, "reason": "none"}}',
    "NaN": '{"result": {"trial": "0", "values": {}, "metrics": {"mae": NaN}}}',
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
@pytest.mark.parametrize("log", ["log.jsonl", "finals.jsonl"])
def test_damaged_line_of_a_log_is_named_with_what_to_do(
    log: str, line: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run.results.unlink()
    lines = (run.search / "log.jsonl").read_text().splitlines()
    path = run.search / log
    path.write_text("\n".join([*lines[:3], line, *lines[3:]]) + "\n")
    said = fail("search", run, capsys)
    assert f"{path}, as" in said
    assert re.search(r"in line 4\. Remove it to do the search again, or that line and those", said)
