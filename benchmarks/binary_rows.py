"""A million rows as binary tensors through `/v2`, beside the same network asked in this process.

    python -m benchmarks.binary_rows [--rows 1000000] [--result FILE]

One request carries all rows; a round asks the service once and this process once, and the median
of the rounds counts. What the service does: read the body, decode and check the tensors, make
features, run the network, mark what is out of domain, encode and send. What this process does, on
one thread and in the blocks of the service: read the same bytes as arrays, make features, run;
and, for the second rate, run alone, on features that were made before.
"""

import argparse
import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from benchmarks.server import ROOT, start_service
from tabuada.arithmetic.features import FeatureEncoder, Features, Scaler
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands

PATH = "/v2/models/mlp/infer"
SYMBOLS = "+-*/"
BLOCK_ROWS = 1024  # those that the service runs at a time
_LENGTH = "Inference-Header-Content-Length"
_SIGN = np.dtype([("size", "<u4"), ("code", "u1")])  # an element of BYTES that is one byte long


@dataclass(frozen=True, slots=True)
class Tensors:
    """The problems of a request, as they lie in its body.

    Attributes:
        a: First operands, FP64.
        op: Signs, BYTES.
        b: Second operands, FP64.
    """

    a: bytes
    op: bytes
    b: bytes

    def encode(self) -> tuple[bytes, dict[str, str]]:
        """Return the body and the headers of a request that wants binary answers."""
        rows = len(self.a) // 8
        inputs = [
            {
                "name": name,
                "shape": [rows],
                "datatype": datatype,
                "parameters": {"binary_data_size": len(raw)},
            }
            for name, datatype, raw in (
                ("a", "FP64", self.a),
                ("op", "BYTES", self.op),
                ("b", "FP64", self.b),
            )
        ]
        head = json.dumps({"inputs": inputs, "parameters": {"binary_data_output": True}}).encode()
        headers = {_LENGTH: str(len(head)), "Content-Type": "application/octet-stream"}
        return head + self.a + self.op + self.b, headers


class Here:
    """The network in this process, on one thread, with the settings of the service."""

    def __init__(self, artifact: Path) -> None:
        self.operations = OperationSet(SYMBOLS)
        scaler = Scaler.model_validate_json((artifact / "scaler.json").read_bytes())
        self._encoder = FeatureEncoder(scaler, self.operations)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            artifact / "model.onnx", options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def answer(self, tensors: Tensors) -> Floats:
        """Return the answers to the problems in a request."""
        return self.run(self.make_features(tensors))

    def make_features(self, tensors: Tensors) -> Iterator[Features]:
        """Yield the features of one block after the other."""
        a, b = np.frombuffer(tensors.a, "<f8"), np.frombuffer(tensors.b, "<f8")
        positions = np.zeros(256, np.int8)
        positions[[ord(symbol) for symbol in SYMBOLS]] = range(len(SYMBOLS))
        problems = Problems(
            self.operations, a, positions[np.frombuffer(tensors.op, _SIGN)["code"]], b
        )
        for start in range(0, len(problems), BLOCK_ROWS):
            yield self._encoder.encode(problems.take(slice(start, start + BLOCK_ROWS)))

    def run(self, blocks: Iterator[Features]) -> Floats:
        """Return the answers of the network to blocks of features."""
        answers = [self._session.run(None, {self._input: block})[0] for block in blocks]
        flat: Floats = np.concatenate(answers).reshape(-1).astype(np.float64)
        return flat


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--artifacts", type=Path, default=ROOT / "artifacts", help="store to serve from"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the one request")
    parser.add_argument("--rounds", type=int, default=7, help="requests, one after the other")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    options = parser.parse_args()
    here = Here(options.artifacts / "mlp" / "1")
    tensors = draw_tensors(here.operations, options.rows)
    with start_service(options.artifacts) as service:
        result = measure(urlsplit(service.url).netloc, here, tensors, options.rounds)
    result = {"rows": options.rows, "rounds": options.rounds, **result}
    for name, value in result.items():
        print(f"{name:<28} {value:>12,}")
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")


def draw_tensors(operations: OperationSet, rows: int) -> Tensors:
    """Draw problems from the range that the network was trained on."""
    draw = np.random.default_rng(0)
    op = draw.integers(len(operations), size=rows).astype(np.int8)
    problems = UniformOperands(-10, 10).sample(operations, op, draw)
    signs = np.empty(rows, _SIGN)
    signs["size"] = 1
    signs["code"] = np.frombuffer(SYMBOLS.encode(), np.uint8)[op]
    return Tensors(problems.a.tobytes(), signs.tobytes(), problems.b.tobytes())


def measure(address: str, here: Here, tensors: Tensors, rounds: int) -> dict[str, Any]:
    """Compare the rates, in rows a second, after one round that warms all sides up."""
    features = list(here.make_features(tensors))
    body, headers = tensors.encode()
    sides: dict[str, Callable[[], Floats]] = {
        "service": lambda: ask(address, body, headers),
        "in_process": lambda: here.answer(tensors),
        "network_alone": lambda: here.run(iter(features)),
    }
    expected = here.answer(tensors)
    took: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds + 1):
        for name, side in sides.items():
            started = time.perf_counter()
            answers = side()
            took[name].append(time.perf_counter() - started)
            _check(answers, expected)
    seconds = {name: statistics.median(times[1:]) for name, times in took.items()}
    return {
        **{f"{name}_rows_per_s": round(len(expected) / s) for name, s in seconds.items()},
        "ratio": round(seconds["in_process"] / seconds["service"], 3),
        "ratio_to_network_alone": round(seconds["network_alone"] / seconds["service"], 3),
    }


def ask(address: str, body: bytes, headers: dict[str, str]) -> Floats:
    """Ask the service once, over a connection of its own; return the predictions."""
    connection = http.client.HTTPConnection(address, timeout=120)
    connection.request("POST", PATH, body, headers)
    answer = connection.getresponse()
    content = memoryview(answer.read())
    connection.close()
    assert answer.status == 200, bytes(content[:300])
    length = int(answer.headers[_LENGTH])
    position = length
    for output in json.loads(bytes(content[:length]))["outputs"]:
        size = output["parameters"]["binary_data_size"]
        if output["name"] == "prediction":
            predictions: NDArray[np.float64] = np.frombuffer(content[position:][:size], "<f8")
            return predictions
        position += size
    raise AssertionError("expected an output named prediction")


def _check(answers: Floats, expected: Floats) -> None:
    assert answers.shape == expected.shape
    np.testing.assert_allclose(answers, expected, rtol=1e-4, atol=1e-4)


if __name__ == "__main__":
    main()
