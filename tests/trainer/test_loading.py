"""Tests of what others need to load a `model.keras`: one process that knows nothing tries."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands, sample_problems
from tests.trainer.conftest import ENVIRONMENT
from tests.trainer.networks import build_mlp
from trainer.tasks.calculation.families import FAMILIES
from trainer.tasks.calculation.families.examples import encode_examples

ROOT = Path(__file__).parents[2]
PROGRAM = f"""
import keras, numpy as np, sys
network = keras.saving.load_model("model.keras")
np.save("answers.npy", network(np.load("features.npy")))
print("without the trainer:", not any(name.startswith("trainer") for name in sys.modules))

sys.path.insert(0, {str(ROOT)!r})
import trainer.families
for model in ("mlp", "arithmetic"):
    keras.saving.load_model(f"{ROOT}/artifacts/{{model}}/1/model.keras")
    print("loaded:", model)
"""


@dataclass(frozen=True)
class Loading:
    """What the process was given, and how it fared."""

    expected: np.ndarray
    folder: Path
    done: "subprocess.CompletedProcess[str]"


@pytest.fixture(scope="module")
def loading(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Loading:  # noqa: ARG001
    folder = tmp_path_factory.mktemp("loading")
    operations = OperationSet("+-*/")
    encoder = FeatureEncoder(Scaler(kind="standard", scale=(5.8, 5.8)), operations)
    problems = sample_problems(operations, 400, UniformOperands(-10, 10), 1)
    train = encode_examples(problems, encoder)
    fitted = build_mlp(train, target_scaling="asinh", loss_function="huber")
    network = FAMILIES.find("mlp").networks.finish(fitted, None)
    network.save(folder / "model.keras")
    np.save(folder / "features.npy", train.features)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Loading(np.asarray(network(train.features)), folder, done)


def test_saved_network_loads_without_the_trainer(loading: Loading) -> None:
    assert "without the trainer: True\n" in loading.done.stdout, loading.done.stderr
    np.testing.assert_allclose(np.load(loading.folder / "answers.npy"), loading.expected)


def test_importing_the_families_is_all_that_keras_needs_to_load_what_ships(
    loading: Loading,
) -> None:
    assert loading.done.returncode == 0, loading.done.stderr
    assert loading.done.stdout.endswith("loaded: mlp\nloaded: arithmetic\n")
