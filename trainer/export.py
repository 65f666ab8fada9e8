"""Exports a network to the runtimes' formats and proves that they all answer alike."""

import contextlib
import io
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import joblib
import keras
import numpy as np
import onnxruntime
import tensorflow as tf

from tabuada.arithmetic.features import Features, Scaler
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems, sample_problems
from tabuada.manifests.calculation import CalculationProbe
from trainer.config import DataConfig
from trainer.data import Dataset, describe_scaler
from trainer.errors import RuntimesDisagree

TOLERANCE = 1e-5
"""Greatest difference from the Keras model, times max(1, |its answer|)."""

_PROBE_ROWS = 64
_PROBE_SEED = 20_25


def export_network(network: keras.Model, dataset: Dataset, folder: Path) -> None:
    """Write a network and its scaler in every format of an artifact.

    Args:
        network: (batch, features) -> (batch, 1).
        dataset: For its encoder and scaler.
        folder: Gets `model.onnx`, `model.savedmodel/`, `model.keras`, `scaler.json` and
            `scaler.joblib`.
    """
    # The export needs a traced model.
    network(np.zeros((1, dataset.encoder.width), dataset.encoder.dtype))
    # Keras announces each export at length, and tf2onnx uses names that NumPy will reuse.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        network.export(folder / "model.onnx", format="onnx", verbose=False)
        network.export(folder / "model.savedmodel", format="tf_saved_model", verbose=False)
    network.save(folder / "model.keras")
    (folder / "scaler.json").write_text(dataset.encoder.scaler.model_dump_json(indent=1) + "\n")
    joblib.dump(dataset.scaler, folder / "scaler.joblib")


def build_probe(network: keras.Model, dataset: Dataset, config: DataConfig) -> CalculationProbe:
    """Return fixed problems from the trained range with the Keras model's answers.

    They are the same for every network with these operations and operands.
    """
    problems = sample_problems(
        config.operation_set, _PROBE_ROWS, config.operands, _PROBE_SEED
    ).round(3)
    answers = network.predict(dataset.encoder.encode(problems), verbose=0)[:, 0]
    return CalculationProbe(
        a=tuple(problems.a.tolist()),
        op=tuple(problems.symbol(row) for row in range(len(problems))),
        b=tuple(problems.b.tolist()),
        predictions=tuple(answers.astype(np.float64).tolist()),
        tolerance=TOLERANCE,
    )


def prove_agreement(folder: Path, dataset: Dataset, probe: CalculationProbe) -> dict[str, float]:
    """Load every exported file afresh and compare its answers with the Keras model's.

    Args:
        folder: With the files of `export_network`.
        dataset: For its encoder.
        probe: The Keras model's answers.

    Returns:
        By runtime, the greatest difference over max(1, |answer|).

    Raises:
        RuntimesDisagree: A runtime is further off than the probe allows, or the two scaler
            files do not scale alike.
    """
    operations = dataset.encoder.operations
    operands = np.column_stack((probe.a, probe.b))
    problems = Problems(operations, operands[:, 0], operations.encode(probe.op), operands[:, 1])
    features = dataset.encoder.encode(problems)
    expected = np.array(probe.predictions)
    runtimes = {
        "onnx": lambda: _run_onnx(folder / "model.onnx", features),
        "tensorflow": lambda: _run_saved_model(folder / "model.savedmodel", features),
    }
    differences = {name: _differ(name, run, expected) for name, run in runtimes.items()}
    for runtime, difference in differences.items():
        if not difference <= probe.tolerance:  # NaN, too, disagrees
            raise RuntimesDisagree(
                f"expected {runtime} to answer within {probe.tolerance:g} of the Keras model on "
                f"the probe set. Received: a difference of {difference:.3g}. Nothing was "
                "published. Runtimes round smooth activations differently, and large weights "
                "magnify it: search relu and leaky_relu, or a larger l2_reg"
            )
    scaler = Scaler.model_validate_json((folder / "scaler.json").read_bytes())
    if scaler != describe_scaler(joblib.load(folder / "scaler.joblib")):
        raise RuntimesDisagree(
            "expected scaler.json and scaler.joblib to hold the same numbers. Received: two that "
            "differ. Nothing was published"
        )
    return differences


def _run_onnx(path: Path, features: Features) -> Floats:
    session = onnxruntime.InferenceSession(os.fspath(path), providers=["CPUExecutionProvider"])
    (answers,) = session.run(None, {session.get_inputs()[0].name: features})
    return np.asarray(answers, np.float64)[:, 0]


def _run_saved_model(path: Path, features: Features) -> Floats:
    loaded = tf.saved_model.load(os.fspath(path))  # kept: its variables die with it
    return np.asarray(loaded.serve(features), np.float64)[:, 0]


def _differ(runtime: str, run: Callable[[], Floats], expected: Floats) -> float:
    try:
        answers = run()
    except Exception as error:  # each runtime has errors of its own, with no common base
        raise RuntimesDisagree(
            f"expected {runtime} to load and run the exported graph. Received: {error}. "
            "Nothing was published"
        ) from error
    return float((np.abs(answers - expected) / np.maximum(1, np.abs(expected))).max())
