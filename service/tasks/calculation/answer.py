"""What came of some problems. Knows nothing of HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.error_statistics import check_finite
from tabuada.arithmetic.operations import Floats
from tabuada.arithmetic.problems import Problems

Numbers = list[float] | Floats


@dataclass(frozen=True, slots=True)
class Answer:
    """The answers to n problems, in their order.

    Attributes:
        predictions: What the network says, n finite numbers.
        outside: The rows outside what it was trained on, ascending.
        exact: The exact values, where they were asked for.
        errors: |prediction - exact|, where they were asked for.
    """

    predictions: Numbers
    outside: Sequence[int] | NDArray[np.intp]
    exact: Numbers | None = None
    errors: Numbers | None = None


def compare(problems: Problems, predictions: Floats) -> tuple[Floats, Floats]:
    """Return exact values and absolute errors, shape (n,) each.

    Raises:
        NotRepresentable: One of them is not finite; `index` says which.
    """
    exact = problems.exact()
    check_finite(exact, "exact value")
    with np.errstate(over="ignore"):
        errors = abs(predictions - exact)
    check_finite(errors, "absolute error")
    return exact, errors
