"""Encodes ordinary problems without the words for all that could be wrong with them."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.features import FeatureEncoder, Features
from tabuada.arithmetic.operations import Floats, Operation

_FEW = 12  # rows from which NumPy is quicker than plain Python
_LEAST_DIVISOR = 5e-324
_Bounds = tuple[float, float, float, float, float]  # of a, of b, and the least |b|


class PlainRows:
    """Encodes problems that are known to be right: a known sign, and operands inside its domain.

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
        plain = [
            (operation, bounds, encoder.scaler.of(position), one_hot[position])
            for position, (operation, domain) in enumerate(
                zip(encoder.operations, domains, strict=True)
            )
            if (bounds := _find_bounds(operation, domain))
        ]
        self._known = {
            sign: (bounds, scaling, columns)
            for operation, bounds, scaling, columns in plain
            for sign in operation.signs
        }
        self._places = {
            sign: place for place, (operation, *_) in enumerate(plain) for sign in operation.signs
        }
        self._evaluate = {
            sign: operation.evaluate for operation, *_ in plain for sign in operation.signs
        }
        # (fact, operation): means, scales, least and greatest operands, and the least |b|.
        self._table = np.array(
            [_order(scaling, bounds) for _, bounds, scaling, _ in plain]
        ).T.copy()
        self._one_hot = np.array([columns for *_, columns in plain], self._dtype)
        self._added = encoder.scaler.added

    def encode(
        self, a: Sequence[float], signs: Sequence[str], b: Sequence[float]
    ) -> Features | None:
        """Return the features of n problems, shape (n, width), or None."""
        encode = self._encode_few if len(a) <= _FEW else self._encode_many
        features = encode(a, signs, b)
        if features is None or not self._added:
            return features
        operands = np.array((a, b), np.float64).T
        added = (inputs.compute(operands).astype(self._dtype) for inputs in self._added)
        return np.hstack((features, *added))

    def evaluate(self, a: Sequence[float], signs: Sequence[str], b: Sequence[float]) -> list[float]:
        """Return the exact values of n problems that `encode` took: `Problems.exact`'s own."""
        evaluate = self._evaluate
        with np.errstate(over="ignore"):
            return [float(evaluate[s](x, y)) for x, s, y in zip(a, signs, b, strict=True)]

    def _encode_few(
        self, a: Sequence[float], signs: Sequence[str], b: Sequence[float]
    ) -> Features | None:
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

    def _encode_many(
        self, a: Sequence[float], signs: Sequence[str], b: Sequence[float]
    ) -> Features | None:
        try:
            places = np.fromiter(map(self._places.__getitem__, signs), np.intp, len(signs))
        except KeyError:
            return None
        # (2, n), as everything below: rows of memory are columns here.
        operands = np.fromiter(chain(a, b), np.float64, 2 * len(a)).reshape(2, -1)
        facts = self._table.take(places, axis=1)
        if not _lie_inside(operands, facts):
            return None
        features = np.empty((len(places), 2 + self._one_hot.shape[1]), self._dtype)
        features[:, :2] = ((operands - facts[:2]) / facts[2:4]).T
        features[:, 2:] = self._one_hot.take(places, axis=0)
        return features


def _order(scaling: tuple[float, ...], bounds: _Bounds) -> tuple[float, ...]:
    low_a, high_a, low_b, high_b, least = bounds
    return (*scaling, low_a, low_b, high_a, high_b, least)


def _lie_inside(operands: Floats, facts: Floats) -> bool:
    inside = (operands >= facts[4:6]) & (operands <= facts[6:8])
    return bool(inside.all()) and bool((np.abs(operands[1]) >= facts[8]).all())


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
