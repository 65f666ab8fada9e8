"""Answers ordinary problems in half the time: those that are all right and need no words."""

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

from service.tasks.calculation.answer import Answer
from service.tasks.calculation.columns import Columns
from service.tasks.calculation.plain_rows import PlainRows
from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.features import FeatureEncoder, Features
from tabuada.arithmetic.operations import Floats


class PlainAnswers:
    """What comes before a run of the network and after it: the long way's, to the last digit.

    Either returns None where a problem is not ordinary: for that the long way finds the words.

    Args:
        encoder: Problems to features.
        domains: Where each operation was trained, in the encoder's order.
    """

    def __init__(self, encoder: FeatureEncoder, domains: Sequence[OperandDomain]) -> None:
        self._rows = PlainRows(encoder, domains)

    def encode(self, columns: Columns) -> Features | None:
        """Return the features of n problems that came one by one, shape (n, f)."""
        a, signs, b = columns
        if not (_is_list(a) and _is_list(signs) and _is_list(b)):
            return None
        return self._rows.encode(a, signs, b)

    def complete(self, columns: Columns, values: Floats, *, exact: bool) -> Answer | None:
        """Return the answer to problems that were encoded here, given what the network said."""
        predictions: list[float] = values.tolist()
        if not all(map(math.isfinite, predictions)):
            return None
        if not exact:
            return Answer(predictions, ())
        a, signs, b = columns
        assert _is_list(a)
        assert _is_list(signs)
        assert _is_list(b)
        right = self._rows.evaluate(a, signs, b)
        errors = [abs(p - value) for p, value in zip(predictions, right, strict=True)]
        if not (all(map(math.isfinite, right)) and all(map(math.isfinite, errors))):
            return None
        return Answer(predictions, (), right, errors)


def _is_list(column: object) -> TypeGuard[list[Any]]:
    return type(column) is list
