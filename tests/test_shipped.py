"""Tests of the version that ships: whole, small, and as good as the README says."""

import re
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from tabuada.features import FeatureEncoder, Features, Scaler
from tabuada.problems import Problems
from tabuada.store import Artifact, Store

ROOT = Path(__file__).parents[1]
MAX_BYTES = 5 * 2**20


@pytest.fixture(scope="module")
def shipped() -> Artifact:
    return Store(ROOT / "artifacts").open("mlp", 1)


@pytest.fixture(scope="module")
def features(shipped: Artifact) -> Features:
    probe = shipped.manifest.probe
    operations = shipped.manifest.signature.operation_set
    problems = Problems(
        operations, np.array(probe.a), operations.encode(probe.op), np.array(probe.b)
    )
    scaler = Scaler.model_validate_json(shipped.read("scaler.json"))
    return FeatureEncoder(scaler, operations, shipped.manifest.signature.dtype).encode(problems)


def test_shipped_version_is_small_enough_for_git(shipped: Artifact) -> None:
    assert sum(record.size_bytes for record in shipped.manifest.files.values()) < MAX_BYTES


def test_shipped_version_names_a_clean_revision(shipped: Artifact) -> None:
    assert re.fullmatch(r"[0-9a-f]{40}", shipped.manifest.source_revision)


def test_shipped_runtimes_agree_with_keras_within_1e_5(
    shipped: Artifact, features: Features
) -> None:
    expected = keras.saving.load_model(shipped.folder / "model.keras")(features).numpy()[:, 0]
    session = onnxruntime.InferenceSession(shipped.read("model.onnx"))
    loaded = tf.saved_model.load(shipped.folder / "model.savedmodel")
    answers = {
        "onnx": session.run(None, {session.get_inputs()[0].name: features})[0][:, 0],
        "tensorflow": loaded.serve(features).numpy()[:, 0],
        "manifest": np.array(shipped.manifest.probe.predictions),
    }
    for runtime, values in answers.items():
        difference = np.abs(values - expected) / np.maximum(1, np.abs(expected))
        assert difference.max() <= 1e-5, runtime


@pytest.mark.parametrize("name", ["README.md", "README.pt-BR.md"])
def test_readme_tells_the_shipped_version_s_error(shipped: Artifact, name: str) -> None:
    mae = f"{shipped.manifest.metrics.overall.mae:.4f}"
    text = (ROOT / name).read_text("utf-8")
    assert mae in text or mae.replace(".", ",") in text


def test_shipped_version_is_better_than_the_seed_preset_on_the_full_range(
    shipped: Artifact,
) -> None:
    def read_mae(path: Path) -> float:
        header, row, *_ = path.read_text().splitlines()
        return float(row.split(",")[header.split(",").index("mae")])

    seed = ROOT / "benchmarks" / "results" / "seed" / "full_range_errors.csv"
    assert read_mae(shipped.folder / "training" / "full_range_errors.csv") < read_mae(seed)
