"""Runs networks with TensorFlow; importing this module imports TensorFlow."""

import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

from tabuada.errors import CorruptArtifact
from tabuada.features import Features
from tabuada.operations import Floats
from tabuada.store import Artifact

MODEL_FOLDER = "model.savedmodel"


def sees_gpu() -> bool:
    """Return whether TensorFlow finds a GPU here."""
    return bool(tf.config.list_physical_devices("GPU"))


class TensorflowRuntime:
    """One network in TensorFlow.

    Args:
        artifact: Where it comes from.
    """

    platform = "tensorflow_savedmodel"

    def __init__(self, artifact: Artifact) -> None:
        for device in tf.config.list_physical_devices("GPU"):
            # Else the first process takes the whole card.
            tf.config.experimental.set_memory_growth(device, True)
        # TensorFlow reads files by itself: what it gets is a private copy of the bytes that
        # were verified, so that nobody can change them between the check and the reading.
        with tempfile.TemporaryDirectory(prefix="tabuada-") as copy:
            _copy_verified(artifact, Path(copy))
            self._loaded = tf.saved_model.load(copy)
        if not hasattr(self._loaded, "serve"):
            raise CorruptArtifact(f"expected an endpoint `serve` in {artifact.folder}")

    def predict(self, features: Features) -> Floats:
        """Run the network on (n, f) features; (n,) float64 comes out."""
        values = np.asarray(self._loaded.serve(features))
        flat: Floats = values.reshape(len(features)).astype(np.float64)
        return flat


def _copy_verified(artifact: Artifact, target: Path) -> None:
    prefix = f"{MODEL_FOLDER}/"
    paths = [path for path in artifact.manifest.files if path.startswith(prefix)]
    if not paths:
        raise CorruptArtifact(f"expected {MODEL_FOLDER} in {artifact.folder}. Received: none")
    for path in paths:
        copy = target / path.removeprefix(prefix)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(artifact.read(path))
