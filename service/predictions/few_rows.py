"""Features of a few problems, in plain Python: quicker than to call NumPy a dozen times."""

from collections.abc import Sequence

import numpy as np

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.features import FeatureEncoder, Features

_FEW = 16
_LEAST_DIVISOR = 5e-324


class FewRows:
    """Encodes problems of which there are few, and each lies inside its domain.

    It does what `FeatureEncoder.encode` does, to the last digit, and nothing where a problem needs
    more than that: an unknown sign, a divisor of zero, operands outside the trained range.

    Args:
        encoder: What it stands in for.
        domains: Where each operation was trained, in the encoder's order.
    """

    def __init__(self, encoder: FeatureEncoder, domains: Sequence[OperandDomain]) -> None:
        self._dtype = np.dtype(encoder.dtype)
        self._scaling = (*encoder.scaler.mean, *encoder.scaler.scale)
        one_hot = np.eye(len(encoder.operations)).tolist()
        self._known = {
            sign: (*domain.a, *domain.b, _find_least(domain, operation.divides), columns)
            for operation, domain, columns in zip(encoder.operations, domains, one_hot, strict=True)
            for sign in (operation.symbol, *operation.aliases)
        }

    def encode(
        self, a: Sequence[float], signs: Sequence[str], b: Sequence[float]
    ) -> Features | None:
        """Return the features of n problems, shape (n, 2 + operations), or None."""
        if len(a) > _FEW:
            return None
        mean_a, mean_b, scale_a, scale_b = self._scaling
        rows = []
        for x, sign, y in zip(a, signs, b, strict=True):
            known = self._known.get(sign)
            if known is None:
                return None
            low_a, high_a, low_b, high_b, least, columns = known
            if not (low_a <= x <= high_a and low_b <= y <= high_b and abs(y) >= least):
                return None
            rows.append([(x - mean_a) / scale_a, (y - mean_b) / scale_b, *columns])
        return np.array(rows, self._dtype)


def _find_least(domain: OperandDomain, divides: bool) -> float:
    return max(domain.min_abs_b, _LEAST_DIVISOR) if divides else domain.min_abs_b
