"""Runs networks with ONNX Runtime on the CPU."""

import numpy as np
import onnxruntime

from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats
from tabuada.artifacts.store import Artifact
from tabuada.manifests.files import MODEL_ONNX


class OnnxRuntime:
    """One network in ONNX Runtime.

    Args:
        artifact: Where it comes from. The bytes that were verified are the bytes that run.
        threads: Threads that one prediction may use.
    """

    platform = "onnxruntime_onnx"
    blocks_loop = False  # a run takes less than handing it to another thread

    def __init__(self, artifact: Artifact, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        # Waiting threads would otherwise burn the core that the event loop needs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            artifact.read(MODEL_ONNX), options, providers=["CPUExecutionProvider"]
        )
        (network_input,) = self._session.get_inputs()
        self._input = network_input.name

    def predict(self, features: Features) -> Floats:
        """Run the network on (n, f) features; (n,) float64 comes out."""
        (values,) = self._session.run(None, {self._input: features})
        flat: Floats = values.reshape(len(features)).astype(np.float64)
        return flat
