"""Problems as clients send them: columns, with signs for operations. Knows nothing of HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.operations import Floats


@dataclass(frozen=True, slots=True)
class RepeatedSigns:
    """n signs, most of which repeat.

    Attributes:
        distinct: Each sign once.
        rows: Positions in `distinct`, shape (n,).
    """

    distinct: list[str]
    rows: NDArray[np.intp]


class Columns(NamedTuple):
    """n problems.

    Attributes:
        a: First operands.
        signs: Symbols or aliases of the operations.
        b: Second operands.
    """

    a: Sequence[float] | Floats
    signs: Sequence[str] | RepeatedSigns
    b: Sequence[float] | Floats


class Question(Protocol):
    """Problems that somebody asks, in whatever form they came."""

    @property
    def rows(self) -> int:
        """How many problems there are."""

    def read_columns(self) -> Columns:
        """Return the problems; may take long where they are many.

        Raises:
            ProblemError: One cannot be read; `index` says which.
        """
