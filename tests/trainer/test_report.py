"""Tests of the report of a version, and of the command that writes it."""

import html
import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tabuada.artifacts.store import Store
from tests.trainer.conftest import TINY, Trained, run_trainer
from trainer.cli import main
from trainer.presets import load_config
from trainer.results.report.changes import compare_configs
from trainer.results.report.record import Record, read_record
from trainer.run import open_run
from trainer.tasks.calculation.report.changes import compare_metrics, compare_operations
from trainer.tasks.calculation.report.composing import write_report

SHIPPED = Path(__file__).parents[2] / "artifacts"


@pytest.fixture(scope="module")
def record(trained: Trained) -> Record:
    return read_record(trained.artifact)


@pytest.fixture(scope="module")
def shipped() -> Record:
    return read_record(Store(SHIPPED).open("mlp", 1))


def write(record: Record, folder: Path, other: Record | None = None) -> str:
    write_report(folder / "report.html", record, other)
    return (folder / "report.html").read_text("utf-8")


def read_data(page: str) -> Any:
    found = re.search(r"id=report-data>(.*?)</script>", page)
    assert found
    return json.loads(found[1])


def strip_tags(page: str) -> str:
    body = page[page.index("<main>") : page.index("</main>")]
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def test_report_of_a_published_version_is_the_one_it_was_published_with(
    trained: Trained, record: Record, tmp_path: Path
) -> None:
    published = (trained.training / "report.html").read_text("utf-8")
    assert read_data(published) == read_data(write(record, tmp_path))


def test_report_is_no_larger_than_reports_were(trained: Trained) -> None:
    before = (SHIPPED / "mlp" / "1" / "training" / "report.html").stat().st_size
    assert (trained.training / "report.html").stat().st_size < before


def test_report_says_what_an_old_version_does_not_hold(shipped: Record, tmp_path: Path) -> None:
    said = strip_tags(write(shipped, tmp_path))
    for name in ("data_distributions", "fresh_sample", "extrapolation"):
        assert f"does not hold the table {name}.csv" in said
    assert "does not hold the table history.csv" not in said


def test_report_of_a_version_without_tables_still_tells_its_metrics(
    record: Record, tmp_path: Path
) -> None:
    page = write(replace(record, tables={}, test_loss=None, config={}), tmp_path)
    assert f"Mean absolute error {record.metrics.overall.mae:.5g}" in strip_tags(page)


def test_every_text_of_the_report_is_there_in_portuguese(
    record: Record, shipped: Record, tmp_path: Path
) -> None:
    for page in (write(record, tmp_path, shipped), write(shipped, tmp_path)):
        texts = re.findall(r"<(p|h1|h2|caption[^>]*|a [^>]*)>(.*?)</(?:p|h1|h2|caption|a)>", page)
        missing = [text for _, text in texts if "<span class=pt lang=pt-BR>" not in text]
        assert len(texts) > 30
        assert missing == []
    data = read_data(write(record, tmp_path))
    axes = {
        figure["layout"][axis]["title"]["text"]
        for figure in data["figures"].values()
        for axis in ("xaxis", "yaxis")
    }
    same = {"activation", "optimizer"}  # hyperparameters are called the same everywhere
    assert axes - set(data["texts"]) == same


def test_report_escapes_what_an_artifact_says(record: Record, tmp_path: Path) -> None:
    attack = "</script><script>alert(1)</script>{0}"
    trials = record.tables["trials"]
    hostile = replace(
        record,
        source_revision=attack,
        hyperparameters={attack: attack},
        config=record.config | {"preset": attack},
        tables=record.tables
        | {"trials": replace(trials, rows=[[attack, *trials.rows[0][1:]]])}
        | {f"trials_by_{attack}": replace(trials, header=[attack, *trials.header[1:]])},
    )
    page = write(hostile, tmp_path, replace(hostile, hyperparameters={attack: 1}))
    assert "<script>alert" not in page
    assert page.count("</script>") == 3


def test_changes_judge_errors_and_r2_by_what_is_better(shipped: Record) -> None:
    overall = shipped.metrics.overall
    worse = overall.model_copy(update={"mae": overall.mae * 2, "r2": 0.5, "max": overall.max})
    other = replace(shipped, metrics=shipped.metrics.model_copy(update={"overall": worse}))
    rows = {row[0]: list(row[3:]) for row in compare_metrics(shipped, other).rows}
    assert rows["mae"] == [0.5, "better"]
    assert rows["r2"] == ["—", "better"]
    assert rows["max"] == [1.0, "same"]
    back = {row[0]: row[4] for row in compare_metrics(other, shipped).rows}
    assert (back["mae"], back["r2"]) == ("worse", "worse")


def test_changes_compare_operations_that_both_versions_know(shipped: Record) -> None:
    only_sums = {"+": shipped.metrics.per_operation["+"]}
    other = replace(
        shipped,
        metrics=shipped.metrics.model_copy(update={"per_operation": only_sums}),
        tables={},
    )
    table = compare_operations(shipped, other)
    assert [row[:2] for row in table.rows] == [["test part", "all"], ["test part", "+"]]


def test_changes_name_every_setting_that_differs(shipped: Record) -> None:
    config = json.loads(json.dumps(shipped.config))
    config["fit"]["epochs"] = 7
    config["space"]["activation"] = ["relu"]
    table = compare_configs(replace(shipped, config=config), shipped)
    assert table.rows == [
        ["space.activation", "relu", "relu, leaky_relu, tanh, silu, gelu"],
        ["fit.epochs", "7", "2000"],
    ]


def test_published_report_compares_with_the_version_before(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The finished run goes on under a configuration that only evaluates otherwise."""
    store, runs = tmp_path / "store", tmp_path / "runs"
    shutil.copytree(trained.store.location, store)
    evaluated = "evaluation.problems=60"
    with open_run(load_config("seed", TINY, [evaluated]), runs) as run:
        folder = run.folder
    shutil.copytree(trained.runs / "mlp-1", folder, dirs_exist_ok=True)
    asked = ["run", "--preset", "seed", "--config", str(TINY), "--set", evaluated]
    assert main([*asked, "--artifacts", str(store), "--runs", str(runs)]) == 0
    assert re.search(r"operation .* MAE of version 1\n", capsys.readouterr().out)
    said = strip_tags((store / "mlp" / "2" / "training" / "report.html").read_text("utf-8"))
    assert "Compared with mlp/1" in said
    assert re.search(r"evaluation.problems\s+60\s+50", said)
    assert "All hyperparameters are the same." in said


def test_report_command_writes_beside_the_store_never_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in SHIPPED.rglob("*")}
    assert main(["report", "1", "--artifacts", str(SHIPPED)]) == 0
    assert "Report of mlp/1: report-mlp-1.html" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["report-mlp-1.html"]
    assert {path: path.stat().st_mtime_ns for path in SHIPPED.rglob("*")} == before


def test_report_command_compares_any_two_versions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "both.html"
    asked = ["report", "arithmetic/1", "--against", "mlp/1", "--output", str(output)]
    assert main([*asked, "--artifacts", str(SHIPPED)]) == 0
    assert "Report of arithmetic/1, beside mlp/1" in capsys.readouterr().out
    assert "Better on the test part: + - * /" in strip_tags(output.read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["7"], 1, "expected a version of mlp out of: 1, 2. Received: 7"),
        (["1", "--model", "none"], 1, "expected a model out of: arithmetic, mlp. Received: none"),
        (["mlp/x"], 2, "expected a version as a number or as model/number"),
        (["1", "--against", "../1"], 2, "expected a version as a number or as model/number"),
        (["1", "--output", os.devnull + "/x"], 2, "expected a file that can be written"),
    ],
)
def test_report_command_says_what_is_wrong(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *arguments, "--artifacts", str(SHIPPED)]) == code
    assert said in capsys.readouterr().err


def test_report_command_needs_no_tensorflow(tmp_path: Path) -> None:
    done = run_trainer(
        "report", "mlp/1", "--artifacts", SHIPPED, "--output", tmp_path / "r.html",
        environment={"PYTHONPROFILEIMPORTTIME": "1"},
    )  # fmt: skip
    assert done.returncode == 0
    assert "| trainer.results.report.page" in re.sub(r"\| +", "| ", done.stderr)
    assert not re.search(r"\| +(tensorflow|keras)$", done.stderr, re.M)
