"""The scalers of operands: how they are fitted, and how they are written down."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import joblib
import numpy as np

from tabuada.arithmetic.features import Scaler
from tabuada.arithmetic.problems import Problems
from tabuada.manifests.files import SCALER_JOBLIB, SCALER_JSON
from trainer.errors import RuntimesDisagree

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

Fitted: TypeAlias = "StandardScaler | list[StandardScaler]"
"""What scikit-learn fitted: one scaler for all operations, or one each, in one-hot order."""


def fit_scaler(kind: Literal["standard", "by_operation", "identity"], problems: Problems) -> Fitted:
    """Fit a scaler to the operands of the training part.

    Args:
        kind: Whether operations share a scaler, have their own, or scale nothing.
        problems: The training part, with problems of every operation.
    """
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 -- takes seconds to import

    operands = np.column_stack((problems.a, problems.b))
    if kind == "by_operation":
        rows = (problems.op == position for position in range(len(problems.operations)))
        return [StandardScaler().fit(operands[chosen]) for chosen in rows]
    scales = kind == "standard"
    return StandardScaler(with_mean=scales, with_std=scales).fit(operands)


def describe_scaler(fitted: Fitted) -> Scaler:
    """Return what scikit-learn fitted as plain numbers."""
    if isinstance(fitted, list):
        return Scaler(
            kind="by_operation",
            mean=tuple(tuple(scaler.mean_.tolist()) for scaler in fitted),
            scale=tuple(tuple(scaler.scale_.tolist()) for scaler in fitted),
        )
    if fitted.mean_ is None or fitted.scale_ is None:  # fitted to leave everything as it is
        return Scaler(kind="identity")
    return Scaler(
        kind="standard", mean=tuple(fitted.mean_.tolist()), scale=tuple(fitted.scale_.tolist())
    )


def write_scaler(folder: Path, fitted: Fitted) -> None:
    """Write a scaler as numbers, and as scikit-learn's object."""
    content = describe_scaler(fitted).model_dump_json(indent=1) + "\n"
    (folder / SCALER_JSON).write_text(content, encoding="utf-8")
    joblib.dump(fitted, folder / SCALER_JOBLIB)


def prove_scaler(folder: Path) -> None:
    """See that the two files of a scaler hold the same numbers.

    Raises:
        RuntimesDisagree: They do not.
    """
    scaler = Scaler.model_validate_json((folder / SCALER_JSON).read_bytes())
    if scaler != describe_scaler(joblib.load(folder / SCALER_JOBLIB)):
        raise RuntimesDisagree(
            f"expected {SCALER_JSON} and {SCALER_JOBLIB} to hold the same numbers. Received: two "
            "that differ. Nothing was published"
        )
