"""Exports a network to the runtimes' formats and proves that they all answer alike."""

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tabuada.manifests.files import MODEL_KERAS, MODEL_ONNX, SAVED_MODEL
from trainer.errors import RuntimesDisagree
from trainer.examples import Array, Features
from trainer.onnx_network import OnnxNetwork


def export_network(network: keras.Model, features: Features, folder: Path) -> None:
    """Write a network in every format of an artifact.

    Args:
        network: features (batch, …) -> answers (batch, …).
        features: Some that it answers, of its dtype.
        folder: Gets the network for ONNX Runtime, TensorFlow and Keras.
    """
    # The export needs a traced model.
    network(np.zeros_like(features[:1]))
    # Keras announces each export at length, and tf2onnx uses names that NumPy will reuse.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), _keep_quiet():
        warnings.simplefilter("ignore", FutureWarning)
        network.export(folder / MODEL_ONNX, format="onnx", verbose=False)
        network.export(folder / SAVED_MODEL, format="tf_saved_model", verbose=False)
    network.save(folder / MODEL_KERAS)


@contextlib.contextmanager
def _keep_quiet() -> Iterator[None]:
    """Leave out warnings: tf2onnx logs one for each product of float64 that it leaves as it is."""
    root = logging.getLogger()

    def refuse(record: logging.LogRecord) -> bool:
        return record.levelno > logging.WARNING

    root.addFilter(refuse)
    try:
        yield
    finally:
        root.removeFilter(refuse)


def prove_agreement(
    folder: Path, features: Features, expected: Array, tolerance: float | Array
) -> dict[str, float]:
    """Load every exported file afresh and compare its answers with the Keras model's.

    Args:
        folder: With the files of `export_network`.
        features: Of a probe.
        expected: The Keras model's answers, of the network's shape.
        tolerance: Greatest difference, times max(1, |answer|): of all answers, or of each.

    Returns:
        By runtime, the greatest difference over max(1, |answer|).

    Raises:
        RuntimesDisagree: A runtime is further off than that.
    """
    runtimes = {
        "onnx": lambda: OnnxNetwork(folder / MODEL_ONNX).answer(features),
        "tensorflow": lambda: _run_saved_model(folder / SAVED_MODEL, features),
    }
    differences = {name: _differ(name, run, expected) for name, run in runtimes.items()}
    for runtime, found in differences.items():
        wrong = ~(found <= tolerance)  # NaN, too, disagrees
        if wrong.any():
            allowed = np.where(wrong, tolerance, np.inf)
            row = np.unravel_index(allowed.argmin(), allowed.shape)  # the strictest that it breaks
            raise RuntimesDisagree(
                f"expected {runtime} to answer within {allowed[row]:g} of the Keras model on "
                f"the probe set. Received: a difference of {found[row]:.3g}. Nothing was "
                "published. That is more than rounding does: a layer was exported as another "
                "one. Search another activation"
            )
    return {runtime: float(found.max()) for runtime, found in differences.items()}


def _run_saved_model(path: Path, features: Features) -> Array:
    loaded = tf.saved_model.load(os.fspath(path))  # kept: its variables die with it
    return np.asarray(loaded.serve(features), np.float64)


def _differ(runtime: str, run: Callable[[], Array], expected: Array) -> Array:
    """Return how far each answer of a runtime is off, over max(1, |the Keras model's|)."""
    right = np.asarray(expected, np.float64)
    try:
        answers = np.asarray(run(), np.float64)
    except Exception as error:  # each runtime has errors of its own, with no common base
        raise RuntimesDisagree(
            f"expected {runtime} to load and run the exported graph. Received: {error}. "
            "Nothing was published"
        ) from error
    if answers.shape != right.shape:
        raise RuntimesDisagree(
            f"expected {runtime} to answer with shape {right.shape}, as the Keras model does. "
            f"Received: {answers.shape}. Nothing was published"
        )
    differences: Array = np.abs(answers - right) / np.maximum(1, np.abs(right))
    return differences
