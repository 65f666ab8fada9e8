"""Tests of a whole run: what it publishes, and that it is true."""

import csv
import json
import re
from pathlib import Path

import joblib
import keras
import numpy as np
import onnxruntime
import pytest

from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands, sample_problems
from tests.trainer.conftest import TINY, Trained
from trainer.cli import main
from trainer.presets import load_config
from trainer.tasks.calculation.config import as_calculation_config
from trainer.tasks.calculation.dataset import build_dataset

TABLES = {
    "trials": "trial,num_layers,num_neurons,activation,optimizer,schedule,learning_rate,l2_reg,"
    "dropout_rate,residual,target_scaling,loss_function,mae,loss,val_mae,val_loss,best_epoch,epochs,seconds,failure",
    "trials_by_activation": "activation,trials,failed,best_val_mae,median_val_mae,worst_val_mae",
    "trials_by_optimizer": "optimizer,trials,failed,best_val_mae,median_val_mae,worst_val_mae",
    "history": "epoch,mae,loss,val_mae,val_loss",
    "test_errors": "operation,n,mae,mse,rmse,r2,median,p99,max,"
    "median_relative_error,p99_relative_error,largest_relative_error",
    "fresh_errors": "operation,n,mae,mse,rmse,r2,median,p99,max,"
    "median_relative_error,p99_relative_error,largest_relative_error",
    "full_range_errors": "operation,n,mae,mse,rmse,r2,median,p99,max,"
    "median_relative_error,p99_relative_error,largest_relative_error",
    "compared_in_range": "network,operation,n,mae,median_relative_error,largest_relative_error,"
    "largest_float32_ulps",
    "compared_outside": "network,operation,n,mae,median_relative_error,largest_relative_error,"
    "largest_float32_ulps",
    "data_distributions": "quantity,operation,low,high,problems",
    "fresh_sample": "operation,a,b,exact,predicted",
    "fresh_error_distribution": "operation,low,high,problems",
    "extrapolation": "network,operation,low,high,n,median_relative_error",
    "new_equations": "expression,predicted,exact,absolute_error",
}
PLOTS = [
    "distribution_operands",
    "distribution_results",
    "learning_curve",
    "predicted_vs_exact_addition",
    "predicted_vs_exact_division",
    "predicted_vs_exact_multiplication",
    "predicted_vs_exact_subtraction",
    "trials_by_activation",
    "trials_by_optimizer",
]


def read_table(trained: Trained, name: str) -> list[dict[str, str]]:
    with (trained.training / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def predict_onnx(trained: Trained, problems: Problems) -> np.ndarray:
    """Answer problems with the published graph and scaler alone."""
    artifact = trained.artifact
    scaler = Scaler.model_validate_json(artifact.read("scaler.json"))
    features = FeatureEncoder(scaler, problems.operations).encode(problems)
    session = onnxruntime.InferenceSession(artifact.read("model.onnx"))
    (answers,) = session.run(None, {session.get_inputs()[0].name: features})
    return np.asarray(answers[:, 0], np.float64)


@pytest.mark.parametrize(("name", "header"), TABLES.items(), ids=TABLES.keys())
def test_run_writes_every_table(trained: Trained, name: str, header: str) -> None:
    lines = (trained.training / f"{name}.csv").read_text().splitlines()
    assert lines[0] == header
    assert len(lines) > 1


@pytest.mark.parametrize("name", PLOTS)
def test_run_draws_every_plot(trained: Trained, name: str) -> None:
    content = (trained.training / "plots" / f"{name}.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) > 4000


def test_run_lists_every_file_in_the_manifest(trained: Trained) -> None:
    trained.artifact.verify()
    files = trained.manifest.files
    on_disk = {
        p.relative_to(trained.artifact.folder).as_posix()
        for p in trained.artifact.folder.rglob("*")
        if p.is_file()
    }
    assert on_disk == set(files) | {"manifest.json"}
    assert {"model.onnx", "model.keras", "scaler.json", "scaler.joblib", "MODEL_CARD.md"} <= on_disk


def test_trials_table_names_every_trial_once_best_first(trained: Trained) -> None:
    rows = read_table(trained, "trials")
    assert sorted(row["trial"] for row in rows) == ["0", "1", "2"]
    scores = [float(row["val_mae"]) for row in rows]
    assert scores == sorted(scores)
    best = json.loads((trained.training / "best_hyperparameters.json").read_text())
    searched = set(best) & set(rows[0])
    assert len(searched) == len(best) - 1  # one has a single value
    assert all(str(best[name]) == rows[0][name] for name in searched)


def test_new_equations_are_twenty_and_their_exact_column_is_exact(trained: Trained) -> None:
    rows = read_table(trained, "new_equations")
    assert len(rows) == 20
    errors = [float(row["absolute_error"]) for row in rows]
    assert errors == sorted(errors)
    for row in rows:
        a, sign, b = row["expression"].split()
        exact = {"+": float(a) + float(b), "-": float(a) - float(b), "*": float(a) * float(b),
                 "/": float(a) / float(b)}[sign]  # fmt: skip
        assert float(row["exact"]) == exact
        assert float(row["absolute_error"]) == pytest.approx(abs(float(row["predicted"]) - exact))


def test_fresh_problems_are_as_many_of_each_operation(trained: Trained) -> None:
    rows = {row["operation"]: int(row["n"]) for row in read_table(trained, "fresh_errors")}
    assert rows == {"all": 200, "+": 50, "-": 50, "*": 50, "/": 50}


def test_manifest_metrics_are_those_of_the_published_graph(trained: Trained) -> None:
    config = as_calculation_config(load_config("seed", TINY))
    test = build_dataset(config).test.problems
    errors = np.abs(predict_onnx(trained, test) - test.exact())
    metrics = trained.manifest.metrics
    assert metrics.overall.mae == pytest.approx(errors.mean(), rel=1e-5)
    for position, symbol in enumerate(test.operations.symbols):
        mae = errors[test.op == position].mean()
        assert metrics.per_operation[symbol].mae == pytest.approx(mae, rel=1e-5)
    written = json.loads((trained.training / "test.json").read_text())
    assert written["test_mae"] == metrics.overall.mae
    assert written["test_loss"] >= metrics.overall.mse * (1 - 1e-5)  # MSE and L2 penalty


def test_graph_answers_as_the_keras_model_on_problems_no_probe_held(trained: Trained) -> None:
    network = keras.saving.load_model(trained.artifact.folder / "model.keras")
    problems = sample_problems(OperationSet("+-*/"), 400, UniformOperands(-10, 10), 99)
    scaler = Scaler.model_validate_json(trained.artifact.read("scaler.json"))
    features = FeatureEncoder(scaler, problems.operations).encode(problems)
    expected = network.predict(features, verbose=0)[:, 0]
    difference = np.abs(predict_onnx(trained, problems) - expected)
    assert (difference / np.maximum(1, np.abs(expected))).max() <= 1e-5


def test_scaler_files_hold_the_same_numbers(trained: Trained) -> None:
    plain = Scaler.model_validate_json(trained.artifact.read("scaler.json"))
    fitted = joblib.load(trained.artifact.folder / "scaler.joblib")
    operands = np.array([[1.5, -2.5], [9.0, 0.3]])
    np.testing.assert_array_equal(
        plain.transform(operands, np.zeros(2, np.int8)), fitted.transform(operands)
    )


def test_manifest_says_where_it_was_trained_and_by_what(trained: Trained) -> None:
    manifest = trained.manifest
    division = manifest.signature.domains[3]
    assert (division.symbol, division.regions[0].b, division.min_divisor) == (
        "/",
        (-0.6, 0.6),
        0.1,
    )
    assert {"python", "keras", "keras-tuner", "onnxruntime", "numpy"} <= set(manifest.libraries)
    assert re.fullmatch(r"[0-9a-f]{40}(-dirty)?|unknown", manifest.source_revision)
    assert manifest.config["preset"] == "seed"


def test_model_card_tells_the_measured_errors(trained: Trained) -> None:
    card = (trained.artifact.folder / "MODEL_CARD.md").read_text()
    assert f"| all | {trained.manifest.metrics.overall.mae:.4g} |" in card
    assert "Where it fails" in card


def test_run_prints_where_everything_is(trained: Trained) -> None:
    assert f"Published mlp version 1 in {trained.artifact.folder}" in trained.output
    assert str(trained.training / "report.html") in trained.output
    assert f"tensorboard --logdir {trained.runs / 'mlp-1' / 'tensorboard'}" in trained.output
    for trial in range(3):
        assert re.search(rf"trial {trial} \(\d/3\) val_mae \d", trained.output)


def test_run_tells_where_no_terminal_is_how_far_each_stage_has_come(trained: Trained) -> None:
    assert re.search(r"trial \d \(2/3\) .* \(\d+ s left\)\n", trained.output)
    assert re.search(r"epoch 2/4 mae .* \(\d+ s left\)\n", trained.output)
    assert re.search(r"  \d epochs, least val_loss \d\S* in epoch \d\n", trained.output)
    # the test part, 20 equations, and 50 problems an operation three times
    assert "Evaluation: 700 answers" in trained.output


def test_histograms_count_every_problem_once(trained: Trained) -> None:
    counted: dict[tuple[str, str], int] = {}
    for row in read_table(trained, "data_distributions"):
        key = row["quantity"], row["operation"]
        counted[key] = counted.get(key, 0) + int(row["problems"])
    assert counted == {(q, o): 100 for q in ("a", "b", "result") for o in "+-*/"}


def test_sample_holds_the_answers_of_the_published_graph(trained: Trained) -> None:
    rows = read_table(trained, "fresh_sample")
    operations = OperationSet("+-*/")
    a, b, exact, predicted = (
        np.array([float(row[name]) for row in rows]) for name in ("a", "b", "exact", "predicted")
    )
    problems = Problems(operations, a, operations.encode(row["operation"] for row in rows), b)
    np.testing.assert_allclose(exact, problems.exact(), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(predicted, predict_onnx(trained, problems), rtol=1e-4, atol=1e-4)


def test_extrapolation_table_has_every_decade_of_each_operation(trained: Trained) -> None:
    rows = read_table(trained, "extrapolation")
    assert sum(int(row["n"]) for row in rows) == 200
    for row in rows:
        assert float(row["high"]) == pytest.approx(10 * float(row["low"]))
        assert 1e-6 <= float(row["low"]) < float(row["high"]) <= 1e6


def test_finished_run_keeps_its_logs_under_the_version_s_name(trained: Trained) -> None:
    folder = trained.runs / "mlp-1"
    assert {path.name for path in trained.runs.iterdir()} == {"mlp-1"}
    events = {
        path.parent.relative_to(folder / "tensorboard").parts[0]
        for path in (folder / "tensorboard").rglob("events.*")
    }
    assert events == {"trial-0", "trial-1", "trial-2", "fit"}


def test_list_and_label_speak_of_the_store(
    trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--artifacts", str(trained.store.location)]
    assert main(["label", "mlp", "canary", "1", *where]) == 0
    assert main(["list", *where]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"mlp\s+1\s+20\S+\s+seed\s+\d+\.\d+\s+canary", listed)
    assert main(["label", "mlp", "canary", "--remove", *where]) == 0
    assert trained.store.labels("mlp") == {}
    assert main(["label", "mlp", "canary", "9", *where]) == 1
    assert "expected a version of mlp out of: 1. Received: 9" in capsys.readouterr().err


def test_if_missing_trains_nothing_when_a_version_is_there(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--artifacts", str(trained.store.location), "--runs", str(tmp_path / "runs")]
    assert main(["run", "--if-missing", *where]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert trained.store.versions("mlp") == [1]
    assert not (tmp_path / "runs").exists()


def test_unwritable_store_ends_a_run_before_it_trains(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "store"
    in_the_way.write_text("a file where the store should be")
    assert main(["run", "--artifacts", str(in_the_way), "--runs", str(tmp_path / "runs")]) == 1
    assert "expected a writable store" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
