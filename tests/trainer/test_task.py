"""Tests of a second task, which tests alone register: the same stages, to a published version."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import onnxruntime
import pytest

from tabuada.arithmetic.features import Scaler
from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.store import Store
from tabuada.errors import UnsupportedFormat
from tabuada.manifests.calculation import as_calculation
from tests.trainer.conftest import TINY, ignoring_warnings
from tests.trainer.registered import SCALED, publish_both, read_signs, register
from tests.trainer.signs.manifest import SignsManifest
from tests.trainer.signs.task import TASK
from trainer.cli import main
from trainer.config import Objective
from trainer.errors import ConfigInvalid, RuntimesDisagree
from trainer.presets import load_config
from trainer.run import open_run
from trainer.search.search import rank_trials
from trainer.tasks.calculation.config import as_calculation_config
from trainer.tasks.calculation.dataset import build_dataset
from trainer.tasks.calculation.evaluation import answer_with_version
from trainer.tasks.calculation.probe import read_probe
from trainer.tasks.calculation.scaling import prove_scaler, write_scaler
from trainer.trial import TrialResult


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store and the runs that whole runs of both left."""
    folder = tmp_path_factory.mktemp("registered")
    with ignoring_warnings():
        publish_both(folder)
    return folder


@pytest.fixture
def registered() -> Iterator[None]:
    with register():
        yield


@pytest.fixture
def signs(folder: Path, registered: None) -> Artifact:  # noqa: ARG001
    return Store(folder / "store").open("signs", 1)


@pytest.fixture
def scaled(folder: Path, registered: None) -> Artifact:  # noqa: ARG001
    return Store(folder / "store").open("scaled", 1)


@pytest.fixture
def scaled_config(registered: None) -> Any:  # noqa: ARG001
    return as_calculation_config(load_config("seed", TINY, SCALED))


def read_table(artifact: Artifact, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(artifact.read(f"training/{name}.csv").decode().splitlines()))


def test_other_task_is_published_with_a_manifest_of_its_own(signs: Artifact) -> None:
    signs.verify()
    manifest = signs.manifest
    assert isinstance(manifest, SignsManifest)
    assert (manifest.format_version, manifest.task, manifest.family) == (2, "signs", "dense")
    assert [spec.name for spec in manifest.signature.outputs] == ["probabilities"]
    assert manifest.config["data"] == {"samples": 200}
    assert set(manifest.hyperparameters) == {"units"}
    assert len(manifest.probe.summands) == 16


def test_other_task_brings_its_own_files(signs: Artifact) -> None:
    files = set(signs.manifest.files)
    assert {"model.onnx", "model.keras", "MODEL_CARD.md", "training/report.html"} <= files
    tables = {Path(name).stem for name in files if name.endswith(".csv")}
    assert tables == {"trials", "trials_by_units", "history", "classes"}
    assert not any("scaler" in name for name in files)


def test_metrics_of_another_task_are_those_of_its_published_graph(signs: Artifact) -> None:
    test = TASK.build_dataset(read_signs()).test  # type: ignore[arg-type]  # of this task
    session = onnxruntime.InferenceSession(signs.read("model.onnx"))
    (answers,) = session.run(None, {session.get_inputs()[0].name: test.features})
    right = np.sign(test.features.sum(1)) == np.where(answers.argmax(1), 1, -1)
    assert isinstance(signs.manifest, SignsManifest)
    assert signs.manifest.metrics.accuracy == pytest.approx(right.mean())
    assert right.mean() > 0.9
    assert json.loads(signs.read("training/test.json"))["test_accuracy"] == pytest.approx(
        right.mean()
    )


def test_search_for_the_greatest_value_ranks_it_first(signs: Artifact) -> None:
    rows = read_table(signs, "trials")
    scores = [float(row["val_accuracy"]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    best = json.loads(signs.read("training/best_hyperparameters.json"))
    assert str(best["units"]) == rows[0]["units"]
    history = [float(row["val_accuracy"]) for row in read_table(signs, "history")]
    assert max(history) > history[0]


@pytest.mark.parametrize(("better", "order"), [("min", ["1", "2", "0"]), ("max", ["0", "2", "1"])])
def test_ranking_follows_the_objective(better: Any, order: list[str]) -> None:
    scores = {"0": 0.9, "1": 0.1, "2": 0.5}
    results = [TrialResult(name, {}, {"val_x": score}) for name, score in scores.items()]
    results.append(TrialResult("failed", {}, reason="it did"))
    ranked = rank_trials(results, Objective("x", "x", better))
    assert [result.trial for result in ranked] == [*order, "failed"]


def test_store_without_the_task_refuses_its_versions(folder: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="expected a task out of: calculation"):
        Store(folder / "store").open("signs", 1)


@pytest.mark.usefixtures("registered")
def test_list_has_a_table_for_each_task(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--artifacts", str(folder / "store")]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"preset\s+accuracy\s+labels\s*\n\s*signs\s+1\s+20\S+\s+signs\s+0\.9", listed)
    assert re.search(r"preset\s+test MAE\s+labels\s*\n\s*scaled\s+1\s+20\S+\s+seed\s+\d", listed)


@pytest.mark.usefixtures("registered")
def test_report_of_another_task_is_its_own(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, output = str(folder / "store"), tmp_path / "report.html"
    assert main(["report", "signs/1", "--artifacts", store, "--output", str(output)]) == 0
    page = output.read_text("utf-8")
    assert "Each trial at its epoch of greatest val_accuracy" in page
    assert "MAE" not in page[page.index("<main>") : page.index("</main>")]
    asked = ["report", "signs/1", "--against", "scaled/1", "--artifacts", store]
    assert main([*asked, "--output", str(output)]) == 2
    assert "expected versions of one task. Received: signs/1, of signs" in capsys.readouterr().err


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"task": "riddles"},
            r'task: expected one of calculation, signs\. Received: "riddles"',
            id="no such task",
        ),
        pytest.param(
            {"space": {"family": "mlp", "units": [4]}},
            'space: expected `family` to be dense. Received: "mlp"',
            id="a family of another task",
        ),
        pytest.param(
            {"fit": {"epochs": 3, "monitor": "val_mae"}},
            'fit: expected `monitor` to be val_loss or val_accuracy. Received: "val_mae"',
            id="a metric of another task",
        ),
        pytest.param(
            {"data": {"samples": 9, "range": [0, 1]}},
            r"data\.range: expected a key out of samples\. Received: \[0, 1\]",
            id="a key of another task",
        ),
    ],
)
def test_configuration_is_checked_by_its_own_task(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigInvalid, match=message):
        read_signs(**changes)


def test_run_of_before_there_were_tasks_goes_on(tmp_path: Path) -> None:
    """Its folder's name, which ends with a digest of the configuration, is what it was."""
    with open_run(load_config("seed", TINY), tmp_path) as run:
        assert run.folder.name == "seed-64214519"


def test_scaler_by_operation_is_fitted_on_the_training_part_of_each(
    scaled: Artifact, scaled_config: Any
) -> None:
    scaler = Scaler.model_validate_json(scaled.read("scaler.json"))
    assert scaler.kind == "by_operation"
    train = build_dataset(scaled_config).train.problems
    for position in range(4):
        rows = train.op == position
        operands = np.column_stack((train.a[rows], train.b[rows]))
        np.testing.assert_allclose(np.array(scaler.mean)[position], operands.mean(0))
        np.testing.assert_allclose(np.array(scaler.scale)[position], operands.std(0))
    assert len({mean for mean, _ in np.array(scaler.mean).tolist()}) == 4


def test_scaler_by_operation_is_the_same_for_notebooks(
    scaled: Artifact, scaled_config: Any
) -> None:
    test = build_dataset(scaled_config).test
    fitted = joblib.load(scaled.folder / "scaler.joblib")
    for position in range(4):
        rows = test.problems.op == position
        operands = np.column_stack((test.problems.a[rows], test.problems.b[rows]))
        expected = fitted[position].transform(operands).astype(np.float32)
        np.testing.assert_array_equal(test.features[rows, :2], expected)


def test_version_with_a_scaler_by_operation_answers_as_it_was_published(
    scaled: Artifact, scaled_config: Any
) -> None:
    probe = as_calculation(scaled.manifest).probe
    dataset = build_dataset(scaled_config)
    _, expected, tolerance = read_probe(probe, dataset)
    operations = scaled_config.data.operation_set
    problems = dataset.test.problems
    posed = type(problems)(
        operations, np.array(probe.a), operations.encode(probe.op), np.array(probe.b)
    )
    difference = np.abs(answer_with_version(scaled)(posed) - expected[:, 0])
    assert (difference / np.maximum(1, np.abs(expected[:, 0]))).max() <= tolerance


@pytest.mark.usefixtures("registered")
def test_scalers_by_operation_that_differ_are_refused(tmp_path: Path, scaled_config: Any) -> None:
    fitted = build_dataset(scaled_config).scaler
    assert isinstance(fitted, list)
    write_scaler(tmp_path, fitted)
    prove_scaler(tmp_path)
    joblib.dump([*fitted[1:], fitted[0]], tmp_path / "scaler.joblib")
    with pytest.raises(RuntimesDisagree, match=r"scaler\.json and scaler\.joblib"):
        prove_scaler(tmp_path)
