"""Runs networks with ONNX Runtime on the CPU."""

from functools import partial

import numpy as np
import onnxruntime

from service.runtimes.onnx_graph import read_kind
from service.runtimes.run_watch import EndableRun, RunWatch
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats
from tabuada.artifacts.artifact import Artifact
from tabuada.errors import CorruptArtifact
from tabuada.manifests.files import MODEL_ONNX


class OnnxRuntime:
    """One network in ONNX Runtime.

    Args:
        artifact: Where it comes from. The bytes that were verified are the bytes that run.
        threads: Threads that one prediction may use.
        watch: Ends what takes too long.

    Attributes:
        steady: Nothing in it repeats or branches.
        blocks_loop: Else a run takes less than handing it to another thread.

    Raises:
        CorruptArtifact: No run of it could be ended.
    """

    platform = "onnxruntime_onnx"

    def __init__(self, artifact: Artifact, threads: int, watch: RunWatch | None = None) -> None:
        content = artifact.read(MODEL_ONNX)
        kind = read_kind(content)
        if not kind.endable:
            raise CorruptArtifact(
                f"expected loops that run something in {artifact.folder / MODEL_ONNX}. Received: "
                "one with an empty body, which nothing could end"
            )
        self.steady = kind.straight
        self.blocks_loop = not kind.straight
        self._watch = watch or RunWatch()
        self._free: list[EndableRun] = []
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        # Waiting threads would otherwise burn the core that the event loop needs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        if not kind.straight:  # what is left of a loop's body might be nothing that can be ended
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        (network_input,) = self._session.get_inputs()
        self._input = network_input.name

    def predict(self, features: Features) -> Floats:
        """Run the network on (n, f) features; (n,) float64 comes out.

        Raises:
            RunTimedOut: It took too long.
        """
        run = self._watch.begin(self._free, _make_run)
        try:
            (values,) = self._session.run(None, {self._input: features}, run.tool)
        except Exception as error:
            if run.ended:
                raise self._watch.describe() from error
            raise
        finally:
            self._watch.finish(run, self._free)
        flat: Floats = values.reshape(len(features)).astype(np.float64)
        return flat


def _make_run() -> EndableRun:
    options = onnxruntime.RunOptions()
    return EndableRun(options, partial(setattr, options, "terminate", True))
