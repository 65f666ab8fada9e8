"""An exported network, run by ONNX Runtime: features in, answers out."""

import os
from pathlib import Path

import numpy as np
import onnxruntime

from trainer.examples import Features


class OnnxNetwork:
    """A network with one input and one output.

    Args:
        source: The file, or what it holds.
    """

    def __init__(self, source: Path | bytes) -> None:
        content = source if isinstance(source, bytes) else os.fspath(source)
        self._session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def answer(self, features: Features) -> Features:
        """Return the answers, shape (n, …), to features of shape (n, …)."""
        (answers,) = self._session.run(None, {self._input: features})
        return np.asarray(answers)
