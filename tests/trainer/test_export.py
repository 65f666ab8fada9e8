"""Tests of the proof that stands before publishing: every runtime answers as Keras does."""

import shutil
from pathlib import Path

import joblib
import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from sklearn.preprocessing import StandardScaler

from tests.trainer.conftest import TINY, Trained
from trainer.errors import RuntimesDisagree
from trainer.export import prove_agreement
from trainer.presets import load_config
from trainer.tasks.calculation.config import as_calculation_config
from trainer.tasks.calculation.dataset import Dataset, build_dataset
from trainer.tasks.calculation.probe import read_probe
from trainer.tasks.calculation.scaling import prove_scaler


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return build_dataset(as_calculation_config(load_config("seed", TINY)))


@pytest.fixture
def exported(trained: Trained, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained.artifact.folder, tmp_path / "version"))


def prove(exported: Path, trained: Trained, dataset: Dataset) -> dict[str, float]:
    """Do what publishing does before it publishes."""
    differences = prove_agreement(exported, *read_probe(trained.manifest.probe, dataset))
    prove_scaler(exported)
    return differences


def test_untouched_export_agrees(trained: Trained, exported: Path, dataset: Dataset) -> None:
    differences = prove(exported, trained, dataset)
    assert set(differences) == {"onnx", "tensorflow"}
    assert max(differences.values()) <= 1e-5


def test_onnx_graph_with_a_changed_weight_is_refused(
    trained: Trained, exported: Path, dataset: Dataset
) -> None:
    graph = onnx.load(exported / "model.onnx")
    bias = next(t for t in graph.graph.initializer if numpy_helper.to_array(t).ndim == 1)
    changed = numpy_helper.to_array(bias) + np.float32(0.01)
    bias.CopyFrom(numpy_helper.from_array(changed.astype(np.float32), bias.name))
    onnx.save(graph, exported / "model.onnx")
    with pytest.raises(RuntimesDisagree, match="expected onnx to answer within 1e-05"):
        prove(exported, trained, dataset)


def test_onnx_graph_that_does_not_load_is_refused(
    trained: Trained, exported: Path, dataset: Dataset
) -> None:
    (exported / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(RuntimesDisagree, match="expected onnx to load and run"):
        prove(exported, trained, dataset)


def test_scaler_files_that_differ_are_refused(
    trained: Trained, exported: Path, dataset: Dataset
) -> None:
    joblib.dump(StandardScaler().fit([[0.0, 0.0], [1.0, 1.0]]), exported / "scaler.joblib")
    with pytest.raises(RuntimesDisagree, match=r"scaler\.json and scaler\.joblib"):
        prove(exported, trained, dataset)
