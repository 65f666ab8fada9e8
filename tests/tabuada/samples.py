"""A small version to publish: real files, a real description, no network behind it."""

import functools
import os
from pathlib import Path

import numpy as np

from tabuada.arithmetic.error_statistics import summarize_errors
from tabuada.arithmetic.features import Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands, sample_problems
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import (
    CalculationDescription,
    CalculationProbe,
    CalculationSignature,
)

FILES = {
    "model.onnx": os.urandom(2**20 + 17),  # more than one block of reading and writing
    "model.keras": b"PK\x03\x04",
    "model.savedmodel/saved_model.pb": b"graph",
    "model.savedmodel/variables/variables.index": b"",
    "scaler.json": Scaler(kind="identity").model_dump_json().encode(),
    "MODEL_CARD.md": "Só para testes.\n".encode(),
}


def write_files(folder: Path, files: dict[str, bytes] = FILES) -> Path:
    """Write files below a folder that need not exist, and return the folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


@functools.cache
def describe(model: str = "mlp", seed: int = 42) -> CalculationDescription:
    """Return what a publisher would say about a model that errs by a tenth."""
    operations = OperationSet("+-*/")
    operands = UniformOperands(-10, 10)
    problems = sample_problems(operations, 80, operands, seed)
    exact = problems.exact()
    probe = problems.take(np.arange(0, 80, 20))
    return CalculationDescription(
        model=model,
        family="mlp",
        answers_by="approximation",
        signature=CalculationSignature.of(
            operations, "float32", tuple(map(operands.domain, operations.symbols))
        ),
        metrics=summarize_errors(problems, exact, exact + 0.1),
        hyperparameters={"units": 128, "l2": 1e-3, "activation": "tanh", "tuned": True},
        config={"search": {"trials": 15}},
        seed=seed,
        libraries={"keras": "3.15.1"},
        source_revision="unknown",
        probe=CalculationProbe(
            a=tuple(probe.a.tolist()),
            op=tuple(map(probe.symbol, range(4))),
            b=tuple(probe.b.tolist()),
            predictions=tuple(probe.exact().tolist()),
            tolerance=1e-5,
        ),
    )


def list_staging(store: Store) -> list[str]:
    """Return what lies in a store's staging area, besides the lock that stays there."""
    return sorted(set(os.listdir(Path(store.location) / ".staging")) - {"lock"})
