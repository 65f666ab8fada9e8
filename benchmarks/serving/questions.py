"""What every server is asked, in its own words, and what it should answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import Problems

SYMBOLS = ("+", "-", "*", "/")
_TOLERANCE = 1e-4  # of max(1, |answer|): single precision, summed in another order


@dataclass(frozen=True, slots=True)
class Question:
    """Some problems, and the answers of the network.

    Attributes:
        a: First operands.
        op: Symbols.
        b: Second operands.
        answers: What ONNX Runtime says, asked in this process.
    """

    a: list[float]
    op: list[str]
    b: list[float]
    answers: Floats

    def __len__(self) -> int:
        return len(self.a)

    def check(self, answers: list[float]) -> None:
        """Refuse answers that are not the network's.

        Raises:
            ValueError: They are others, or not as many.
        """
        received = np.array(answers, np.float64)
        allowed = _TOLERANCE * np.maximum(1, abs(self.answers))
        if received.shape != self.answers.shape or (abs(received - self.answers) > allowed).any():
            raise ValueError(
                f"expected the answers of ONNX Runtime, {self.answers[:3].tolist()} and so on. "
                f"Received: {answers[:3]} and so on"
            )


@dataclass(frozen=True, slots=True)
class Wording:
    """How a server is asked.

    Attributes:
        path: Where.
        ask: Problems to the JSON of a request.
        read: The JSON of an answer to answers.
    """

    path: str
    ask: Callable[[Question], Any]
    read: Callable[[Any], list[float]]

    def encode(self, question: Question) -> bytes:
        """Return the body of a request."""
        return json.dumps(self.ask(question)).encode()

    def check(self, question: Question, body: bytes) -> None:
        """Refuse the body of an answer that is not right.

        Raises:
            ValueError: It is not.
        """
        try:
            answers = self.read(json.loads(body))
        except (LookupError, TypeError, ValueError) as error:
            raise ValueError(f"expected answers. Received: {body[:200]!r}") from error
        question.check(answers)


def draw_question(artifact: Path, rows: int, seed: int) -> Question:
    """Draw problems from the range that the network was trained on, and answer them."""
    draw = np.random.default_rng(seed)
    a, b = draw.uniform(-10, 10, (2, rows)).round(4)
    b[abs(b) < 0.1] = 1.0
    op = draw.integers(len(SYMBOLS), size=rows).astype(np.int8)
    answers = answer_here(artifact, a, op, b)
    return Question(a.tolist(), [SYMBOLS[i] for i in op], b.tolist(), answers)


def answer_here(artifact: Path, a: Floats, op: NDArray[np.int8], b: Floats) -> Floats:
    """Return what the network says, without any server."""
    operations = OperationSet(SYMBOLS)
    scaler = Scaler.model_validate_json((artifact / "scaler.json").read_bytes())
    features = FeatureEncoder(scaler, operations).encode(Problems(operations, a, op, b))
    session = onnxruntime.InferenceSession(
        artifact / "model.onnx", providers=["CPUExecutionProvider"]
    )
    (values,) = session.run(None, {session.get_inputs()[0].name: features})
    flat: Floats = values.reshape(len(a)).astype(np.float64)
    return flat


def ask_instances(question: Question) -> Any:
    """Return problems as rows."""
    rows = zip(question.a, question.op, question.b, strict=True)
    return {"instances": [{"a": a, "op": op, "b": b} for a, op, b in rows]}


def ask_tensors(question: Question, *columns: int) -> Any:
    """Return problems as tensors of the Open Inference Protocol, a column each."""
    shape = [len(question), *columns]
    kinds = {"a": ("FP64", question.a), "op": ("BYTES", question.op), "b": ("FP64", question.b)}
    return {
        "inputs": [
            {"name": name, "shape": shape, "datatype": datatype, "data": data}
            for name, (datatype, data) in kinds.items()
        ]
    }


def read_predictions(answer: Any) -> list[float]:
    """Return the answers beside `predictions`."""
    predictions: list[float] = answer["predictions"]
    return predictions


def read_output(answer: Any) -> list[float]:
    """Return the answers in the only output of the Open Inference Protocol."""
    (output,) = answer["outputs"]
    data: list[float] = output["data"]
    return data
