"""Tests of the versions that ship: whole, small, and what they are said to be."""

import re
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf

from tabuada.arithmetic.features import FeatureEncoder, Features, Scaler
from tabuada.arithmetic.problems import Problems
from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import as_calculation
from tests.shipped import SHIPPED
from trainer.tasks.calculation.families.arithmetic.snapped_unit import SnappedUnit

pytestmark = pytest.mark.usefixtures("one_thread")

ROOT = Path(__file__).parents[1]
MAX_BYTES = 5 * 2**20


@pytest.fixture(scope="module", params=SHIPPED, ids=["mlp 1", "mlp 2", "arithmetic 1"])
def shipped(request: pytest.FixtureRequest) -> Artifact:
    return Store(ROOT / "artifacts").open(*request.param)


@pytest.fixture(scope="module")
def features(shipped: Artifact) -> Features:
    manifest = as_calculation(shipped.manifest)
    probe, operations = manifest.probe, manifest.signature.operation_set
    problems = Problems(
        operations, np.array(probe.a), operations.encode(probe.op), np.array(probe.b)
    )
    scaler = Scaler.model_validate_json(shipped.read("scaler.json"))
    return FeatureEncoder(scaler, operations, manifest.signature.dtype).encode(problems)


def test_shipped_version_is_small_enough_for_git(shipped: Artifact) -> None:
    assert sum(record.size_bytes for record in shipped.manifest.files.values()) < MAX_BYTES


def test_shipped_version_names_a_clean_revision(shipped: Artifact) -> None:
    assert re.fullmatch(r"[0-9a-f]{40}", shipped.manifest.source_revision)


def test_shipped_runtimes_agree_with_keras_within_1e_5(
    shipped: Artifact, features: Features
) -> None:
    custom = {"tabuada>SnappedUnit": SnappedUnit}
    network = keras.saving.load_model(shipped.folder / "model.keras", custom)
    expected = network(features).numpy()[:, 0]
    session = onnxruntime.InferenceSession(shipped.read("model.onnx"))
    loaded = tf.saved_model.load(shipped.folder / "model.savedmodel")
    answers = {
        "onnx": session.run(None, {session.get_inputs()[0].name: features})[0][:, 0],
        "tensorflow": loaded.serve(features).numpy()[:, 0],
        "manifest": np.array(as_calculation(shipped.manifest).probe.predictions),
    }
    for runtime, values in answers.items():
        difference = np.abs(values - expected) / np.maximum(1, np.abs(expected))
        assert difference.max() <= 1e-5, runtime


def test_shipped_unit_computes_by_sums_and_products_in_float64() -> None:
    shipped = Store(ROOT / "artifacts").open("arithmetic", 1)
    assert as_calculation(shipped.manifest).signature.dtype == "float64"
    graph = onnx.load_from_string(shipped.read("model.onnx")).graph
    operators = {node.op_type for node in graph.node}
    assert {"Add", "Mul", "Div"} <= operators
    assert not operators & {"Exp", "Log", "Pow", "Cos", "Sin", "Sqrt", "Gemm"}
    tensors = [*graph.input, *graph.output]
    assert {t.type.tensor_type.elem_type for t in tensors} == {onnx.TensorProto.DOUBLE}


def test_shipped_mlp_is_better_than_the_seed_preset_on_the_full_range() -> None:
    def read_mae(path: Path) -> float:
        header, row, *_ = path.read_text().splitlines()
        return float(row.split(",")[header.split(",").index("mae")])

    seed = ROOT / "benchmarks" / "results" / "seed" / "full_range_errors.csv"
    shipped = ROOT / "artifacts" / "mlp" / "1" / "training" / "full_range_errors.csv"
    assert read_mae(shipped) < read_mae(seed)
