"""The network of one published version, for servers that know nothing of this project."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import ArrayLike, NDArray

FOLDER = Path(os.environ["ARTIFACT"])
POSITIONS = {"+": 0, "-": 1, "*": 2, "/": 3}


class Encoder:
    """Problems to features: two scaled operands, then one column an operation."""

    def __init__(self) -> None:
        scaler = json.loads((FOLDER / "scaler.json").read_text())
        self.mean, self.scale = scaler["mean"], scaler["scale"]

    def encode(self, a: ArrayLike, op: Sequence[str], b: ArrayLike) -> NDArray[np.float32]:
        """Return the features of n problems, shape (n, 6)."""
        features = np.zeros((len(op), 6), np.float32)
        features[:, 0] = (np.asarray(a, np.float64) - self.mean[0]) / self.scale[0]
        features[:, 1] = (np.asarray(b, np.float64) - self.mean[1]) / self.scale[1]
        features[np.arange(len(op)), [2 + POSITIONS[sign] for sign in op]] = 1
        return features


class Network:
    """The network in ONNX Runtime, on one thread, as the service runs it."""

    def __init__(self) -> None:
        self.encoder = Encoder()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            FOLDER / "model.onnx", options, providers=["CPUExecutionProvider"]
        )
        self.input = self.session.get_inputs()[0].name

    def run(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the answers to n problems from their features, shape (n,)."""
        (values,) = self.session.run(None, {self.input: features})
        flat: NDArray[np.float32] = values.reshape(-1)
        return flat

    def answer(self, a: ArrayLike, op: Sequence[str], b: ArrayLike) -> NDArray[np.float32]:
        """Return the answers to n problems, shape (n,)."""
        return self.run(self.encoder.encode(a, op, b))
