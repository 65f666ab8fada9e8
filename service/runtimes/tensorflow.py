"""Runs networks with TensorFlow; importing this module imports TensorFlow."""

import contextlib
import tempfile
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context, execute
from tensorflow.python.eager.cancellation import CancellationManager

from service.runtimes.buckets import BUCKETS, run_in_buckets
from service.runtimes.run_watch import EndableRun, RunWatch
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats
from tabuada.artifacts.artifact import Artifact
from tabuada.errors import CorruptArtifact
from tabuada.manifests.files import SAVED_MODEL

_INTER_OP_THREADS = 16  # each run that does not end keeps one, until it is ended
_UNSTEADY = {
    "Case",
    "For",
    "If",
    "PyFunc",
    "StatelessCase",
    "StatelessIf",
    "StatelessWhile",
    "While",
}


def sees_gpu() -> bool:
    """Return whether TensorFlow finds a GPU here."""
    return bool(tf.config.list_physical_devices("GPU"))


class TensorflowRuntime:
    """One network in TensorFlow.

    Every batch has one of a few sizes, for each of which a graph is traced and run at
    loading: no request waits for tracing, or for CUDA's libraries to choose their kernels.

    On a CPU, TensorFlow takes subnormal numbers, those below 2.2e-308, for zero, as ONNX Runtime
    does not: of a division by one comes infinity, which the service refuses, and of one divided 0.

    Args:
        artifact: Where it comes from.
        threads: Threads that one prediction may use on a CPU; the same for all networks.
        watch: Ends what takes too long.

    Attributes:
        steady: Nothing in it repeats or branches.
    """

    platform = "tensorflow_savedmodel"
    blocks_loop = True

    def __init__(self, artifact: Artifact, threads: int, watch: RunWatch | None = None) -> None:
        self._watch = watch or RunWatch()
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        with contextlib.suppress(RuntimeError):  # TensorFlow has computed before
            tf.config.threading.set_inter_op_parallelism_threads(_INTER_OP_THREADS)
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
        self._free: list[EndableRun] = []
        self._graphs = {bucket: self._trace(bucket) for bucket in BUCKETS}
        self.steady = _UNSTEADY.isdisjoint(_list_operations(self._graphs[1].definition))
        for graph in self._graphs.values():
            self._run(np.ones(graph.shape, graph.dtype))

    @property
    def traces(self) -> int:
        """How many graphs were traced so far: as many as there are buckets, for good."""
        count: int = self._function.experimental_get_tracing_count()
        return count

    def predict(self, features: Features) -> Floats:
        """Run the network on (n, f) features; (n,) float64 comes out.

        Raises:
            RunTimedOut: It took too long.
        """
        return run_in_buckets(self._run, features)

    def _run(self, features: Features) -> Floats:
        # A graph of one fixed shape refuses every other one instead of being traced anew.
        graph = self._graphs[len(features)]
        run = self._watch.begin(self._free, _make_run)
        try:
            values: Floats = graph.run(tf.constant(features), run.tool).numpy()
        except tf.errors.OpError as error:
            if run.ended:
                raise self._watch.describe() from error
            raise
        finally:
            self._watch.finish(run, self._free)
        return values

    def _trace(self, bucket: int) -> "_Graph":
        """Return the graph for one size."""
        ((spec,), _) = self._loaded.serve.concrete_functions[0].structured_input_signature
        wanted = tf.TensorSpec((bucket, *spec.shape[1:]), spec.dtype)
        return _Graph(self._function.get_concrete_function(wanted), wanted)


class _Graph:
    """The graph for one size of batches, whose runs can be ended.

    TensorFlow keeps what a run is ended by in one variable for all threads, where one run would
    take that of another: so it is handed over by the call that reads that variable else.
    """

    def __init__(self, function: Any, takes: tf.TensorSpec) -> None:
        self.shape = tuple(takes.shape)
        self.dtype = takes.dtype.as_numpy_dtype
        self._function = function  # alive, and so is what is defined by it
        self._name = function.name.decode()
        self._captured = list(function.captured_inputs)
        self._context = context.context()
        self._attributes = tuple(chain(*self._context.function_call_options.as_attrs().items()))

    @property
    def definition(self) -> Any:
        """The graph as TensorFlow writes it down."""
        return self._function.graph.as_graph_def()

    def run(self, features: tf.Tensor, manager: object) -> tf.Tensor:
        """Run it; `manager` can end that."""
        (values,) = execute.execute_with_cancellation(
            self._name, 1, [features, *self._captured], self._attributes, self._context, manager
        )
        return values


def _make_run() -> EndableRun:
    manager = CancellationManager()
    return EndableRun(manager, manager.start_cancel)


def _list_operations(definition: Any) -> set[str]:
    nodes = [*definition.node]
    for function in definition.library.function:
        nodes += function.node_def
    return {node.op for node in nodes}


def _copy_verified(artifact: Artifact, target: Path) -> None:
    prefix = f"{SAVED_MODEL}/"
    paths = [path for path in artifact.manifest.files if path.startswith(prefix)]
    if not paths:
        raise CorruptArtifact(f"expected {SAVED_MODEL} in {artifact.folder}. Received: none")
    for path in paths:
        copy = target / path.removeprefix(prefix)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(artifact.read(path))
