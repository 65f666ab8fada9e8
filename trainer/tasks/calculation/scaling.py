"""The scalers of operands: how they are fitted, and how they are written down."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

import joblib
import numpy as np

from tabuada.arithmetic.features import AddedInputs, Scaler
from tabuada.arithmetic.problems import Problems
from tabuada.manifests.files import SCALER_JOBLIB, SCALER_JSON
from trainer.errors import RuntimesDisagree

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

Operands: TypeAlias = "StandardScaler | list[StandardScaler]"
"""What scikit-learn fitted: one scaler for all operations, or one each, in one-hot order."""


class WithAsinh(TypedDict):
    """A scaler of operands, and those of inputs that are added to them.

    Attributes:
        operands: That of the operands.
        asinh: By size, that of asinh(a / size) and asinh(b / size).
    """

    operands: Operands
    asinh: "dict[float, StandardScaler]"


Fitted: TypeAlias = "Operands | WithAsinh"
"""What scikit-learn fitted."""


def fit_scaler(
    kind: Literal["standard", "by_operation", "identity"],
    problems: Problems,
    asinh_sizes: Sequence[float] = (),
) -> Fitted:
    """Fit a scaler to the operands of the training part.

    Args:
        kind: Whether operations share a scaler, have their own, or scale nothing.
        problems: The training part, with problems of every operation.
        asinh_sizes: For each, asinh(a / size) and asinh(b / size) become further inputs.
    """
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 -- takes seconds to import

    values = np.column_stack((problems.a, problems.b))
    operands: Operands
    if kind == "by_operation":
        rows = (problems.op == position for position in range(len(problems.operations)))
        operands = [StandardScaler().fit(values[chosen]) for chosen in rows]
    else:
        scales = kind == "standard"
        operands = StandardScaler(with_mean=scales, with_std=scales).fit(values)
    if not asinh_sizes:
        return operands
    asinh = {size: StandardScaler().fit(np.arcsinh(values / size)) for size in asinh_sizes}
    return {"operands": operands, "asinh": asinh}


def describe_scaler(fitted: Fitted) -> Scaler:
    """Return what scikit-learn fitted as plain numbers."""
    if isinstance(fitted, dict):
        added = tuple(
            AddedInputs(
                function="asinh",
                size=size,
                mean=tuple(scaler.mean_.tolist()),
                scale=tuple(scaler.scale_.tolist()),
            )
            for size, scaler in fitted["asinh"].items()
        )
        return describe_scaler(fitted["operands"]).model_copy(update={"added": added})
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
    scaler = describe_scaler(fitted)
    content = scaler.model_dump_json(indent=1, exclude=None if scaler.added else {"added"}) + "\n"
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
