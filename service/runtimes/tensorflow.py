"""Runs networks with TensorFlow; importing this module imports TensorFlow."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import tensorflow as tf

from service.runtimes.buckets import BUCKETS, run_in_buckets
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats
from tabuada.artifacts.store import Artifact
from tabuada.errors import CorruptArtifact
from tabuada.manifests.files import SAVED_MODEL

_Graph = Callable[[tf.Tensor], tf.Tensor]


def sees_gpu() -> bool:
    """Return whether TensorFlow finds a GPU here."""
    return bool(tf.config.list_physical_devices("GPU"))


class TensorflowRuntime:
    """One network in TensorFlow.

    Every batch has one of a few sizes, for each of which a graph is traced and run once at
    loading: no request waits for tracing, or for CUDA's libraries to choose their kernels.

    On a CPU, TensorFlow takes subnormal numbers, those below 2.2e-308, for zero, as ONNX Runtime
    does not: of a division by one comes infinity, which the service refuses, and of one divided 0.

    Args:
        artifact: Where it comes from.
        threads: Threads that one prediction may use on a CPU; the same for all networks.
    """

    platform = "tensorflow_savedmodel"
    blocks_loop = True

    def __init__(self, artifact: Artifact, threads: int) -> None:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
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
        self._function = tf.function(self._loaded.serve, autograph=False)
        self._graphs = {bucket: self._trace(bucket) for bucket in BUCKETS}

    @property
    def traces(self) -> int:
        """How many graphs were traced so far: as many as there are buckets, for good."""
        count: int = self._function.experimental_get_tracing_count()
        return count

    def predict(self, features: Features) -> Floats:
        """Run the network on (n, f) features; (n,) float64 comes out."""
        return run_in_buckets(self._run, features)

    def _run(self, features: Features) -> Floats:
        # A graph of one fixed shape refuses every other one instead of being traced anew.
        values: Floats = self._graphs[len(features)](tf.constant(features)).numpy()
        return values

    def _trace(self, bucket: int) -> _Graph:
        """Return the graph for one size, having run it once."""
        ((spec,), _) = self._loaded.serve.concrete_functions[0].structured_input_signature
        shape = (bucket, *spec.shape[1:])
        graph: _Graph = self._function.get_concrete_function(tf.TensorSpec(shape, spec.dtype))
        graph(tf.ones(shape, spec.dtype)).numpy()
        return graph


def _copy_verified(artifact: Artifact, target: Path) -> None:
    prefix = f"{SAVED_MODEL}/"
    paths = [path for path in artifact.manifest.files if path.startswith(prefix)]
    if not paths:
        raise CorruptArtifact(f"expected {SAVED_MODEL} in {artifact.folder}. Received: none")
    for path in paths:
        copy = target / path.removeprefix(prefix)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(artifact.read(path))
