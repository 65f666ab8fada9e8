"""Features of a few problems, in plain Python: quicker than to call NumPy a dozen times."""

from collections.abc import Sequence

import numpy as np

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.features import FeatureEncoder, Features
from tabuada.arithmetic.operations import Operation

_FEW = 16
_LEAST_DIVISOR = 5e-324
_Bounds = tuple[float, float, float, float, float]  # of a, of b, and the least |b|


class FewRows:
    """Encodes problems of which there are few, and each lies inside its domain.

    It does what `FeatureEncoder.encode` does, to the last digit, and nothing where a problem needs
    more than that: an unknown sign, a divisor of zero, operands outside the trained range, an
    operation whose domain is more than one rectangle with a gap for divisors.

    Args:
        encoder: What it stands in for.
        domains: Where each operation was trained, in the encoder's order.
    """

    def __init__(self, encoder: FeatureEncoder, domains: Sequence[OperandDomain]) -> None:
        self._dtype = np.dtype(encoder.dtype)
        one_hot = np.eye(len(encoder.operations)).tolist()
        self._known = {
            sign: (bounds, encoder.scaler.of(position), one_hot[position])
            for position, (operation, domain) in enumerate(
                zip(encoder.operations, domains, strict=True)
            )
            if (bounds := _find_bounds(operation, domain))
            for sign in operation.signs
        }
        self._evaluate = {
            sign: operation.evaluate for operation in encoder.operations for sign in operation.signs
        }

    def encode(
        self, a: Sequence[float], signs: Sequence[str], b: Sequence[float]
    ) -> Features | None:
        """Return the features of n problems, shape (n, 2 + operations), or None."""
        if len(a) > _FEW:
            return None
        rows = []
        for x, sign, y in zip(a, signs, b, strict=True):
            known = self._known.get(sign)
            if known is None:
                return None
            (low_a, high_a, low_b, high_b, least), scaling, columns = known
            if not (low_a <= x <= high_a and low_b <= y <= high_b and abs(y) >= least):
                return None
            mean_a, mean_b, scale_a, scale_b = scaling
            rows.append([(x - mean_a) / scale_a, (y - mean_b) / scale_b, *columns])
        return np.array(rows, self._dtype)

    def evaluate(self, a: Sequence[float], signs: Sequence[str], b: Sequence[float]) -> list[float]:
        """Return the exact values of n problems that `encode` took: `Problems.exact`'s own."""
        evaluate = self._evaluate
        with np.errstate(over="ignore"):
            return [float(evaluate[s](x, y)) for x, s, y in zip(a, signs, b, strict=True)]


def _find_bounds(operation: Operation, domain: OperandDomain) -> _Bounds | None:
    """Return least and greatest a and b, and the least |b|; None where these do not tell all."""
    region, *others = domain.regions
    if others or region.b is None or region.whole_b:
        return None
    if not all(pole.divides_by for pole in (*domain.poles, *operation.poles)):
        return None
    if operation.undefined is None:
        return (*region.a, *region.b, domain.min_divisor)
    # Where it has that pole it is undefined there, and nowhere else.
    least = max(domain.min_divisor, _LEAST_DIVISOR)
    return (*region.a, *region.b, least) if operation.poles else None
