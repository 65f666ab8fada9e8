"""Whether examples of one operation allow what a snapped unit answers to them.

Examples without noise decide alone: every answer is right but for rounding, or the operation is
another one. Beside noise no answer is, and statistics decide: answers are allowed where they are no
worse than before the ramp, explain most of how the results vary, and err by no rule. That is blind
to what looks like noise to any such test, a function that is wild between two examples.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.operations import Floats

ROUNDING = 16 * float(np.finfo(np.float64).eps)
"""Greatest error that counts as rounding, times the magnitude of the terms."""
EXACT_SHARE = 0.05
"""Of answers that are right but for rounding; with this many, noise does not explain the others."""
LEAST_EXAMPLES = 200
"""With fewer, noise and another operation cannot be told apart."""
EXPLAINED = 0.8
"""Least share of the variance of noisy results that answers have to explain."""
MEDIAN_ERROR = 0.4
"""Or else: greatest median error, times the median distance of results from their median."""
WORSE = 3.0
"""Standard errors by which answers may be worse than before the ramp, by the luck of the draw."""
RULE = 5.0
"""Standard errors from which on errors follow a rule. Some 300 are computed for four operations;
noise alone gets as far in one of 1.7 million."""

_NEIGHBOURS = 4
_QUANTITIES = ("a", "b", "a + b", "a - b", "a * b", "a / b", "the answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Examples of one operation, and what was answered to them.

    Attributes:
        operands: Shape (n, 2).
        results: What the examples say, shape (n,).
        snapped: The snapped unit's answers, shape (n,).
        soft: Answers of the unit before its ramp, shape (n,).
        magnitudes: Of the terms that the snapped unit's answers are made of, shape (n,).
        held_out: Which of the n are of the validation part, shape (n,).
    """

    operands: Floats
    results: Floats
    snapped: Floats
    soft: Floats
    magnitudes: Floats
    held_out: NDArray[np.bool_]

    @property
    def errors(self) -> Floats:
        """Absolute errors of the snapped unit, shape (n,); infinite where there is no answer."""
        return _compare(self.snapped, self.results)

    @property
    def soft_errors(self) -> Floats:
        """The same before the ramp."""
        return _compare(self.soft, self.results)


def find_objection(evidence: Evidence) -> str:
    """Return why the examples do not allow the snapped answers, in words; empty where they do."""
    errors = evidence.errors
    exact = np.isfinite(errors) & (errors <= ROUNDING * evidence.magnitudes)
    n, right = len(exact), int(exact.sum())
    if right == n:
        return ""
    if right >= EXACT_SHARE * n:
        return f"it is right on {right:,} of {n:,} examples and wrong on the others"
    return _object_to_noise(evidence)


def _object_to_noise(evidence: Evidence) -> str:
    n = len(evidence.results)
    if _is_worse(evidence):
        return "it is further off than before the ramp"
    if not _explains(evidence):
        return "it explains too little of how the results vary"
    if n < LEAST_EXAMPLES:
        return f"{n} examples are too few to tell noise from another operation"
    rule, deviation = find_rule(evidence)
    if deviation > RULE:
        return f"its errors are no noise, they go with {rule}"
    return ""


def find_rule(evidence: Evidence) -> tuple[str, float]:
    """Return what the errors go with the most, and by how many standard errors.

    Each is a sum of products over its own root mean square, so that noise may be of any size and
    may grow with the operands (White, Econometrica 48, 1980): of errors and functions of a
    quantity, and of errors and those of the next examples in its order (Yatchew, Economics Letters
    57, 1997). Errors are taken as they are, and relative to the answer.
    """
    errors = evidence.results - evidence.snapped
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(evidence.snapped == 0, 0.0, errors / evidence.snapped)
        quantities = _list_quantities(evidence)
    name, deviation = "", 0.0
    # Functions first: what they find they name, while errors that are alike in one order of the
    # examples are so in most.
    for list_products in (_list_shapes, _list_neighbours):
        for scaled in (errors, relative):
            for candidate, products in list_products(scaled, quantities):
                if (found := _standardize(products)) > deviation:
                    name, deviation = candidate, found
        if deviation > RULE:
            break
    return name, deviation


def _compare(answers: Floats, results: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        errors: Floats = np.abs(answers - results)
    return np.where(np.isnan(errors), np.inf, errors)


def _is_worse(evidence: Evidence) -> bool:
    """Return whether held-out errors are larger than before the ramp by more than luck."""
    with np.errstate(invalid="ignore"):
        growth = (evidence.errors - evidence.soft_errors)[evidence.held_out]
    growth = growth[np.isfinite(growth)]  # where one has no answer, the others still compare
    if len(growth) < 2:  # no standard error
        return True
    standard_error = float(growth.std(ddof=1)) / len(growth) ** 0.5
    return bool(growth.mean() > WORSE * standard_error)


def _explains(evidence: Evidence) -> bool:
    spread = np.abs(evidence.results - np.median(evidence.results))
    variance = float(((evidence.results - evidence.results.mean()) ** 2).mean())
    unexplained = float((evidence.errors**2).mean())
    close = float(np.median(evidence.errors)) <= MEDIAN_ERROR * float(np.median(spread))
    return close or unexplained <= (1 - EXPLAINED) * variance


def _list_quantities(evidence: Evidence) -> dict[str, Floats]:
    """Return what errors might go with, by name, each as ranks from -1 to 1."""
    a, b = evidence.operands.T
    values = (a, b, a + b, a - b, a * b, a / b, evidence.snapped)
    ranks = {name: _rank(v) for name, v in zip(_QUANTITIES, values, strict=True)}
    return ranks | {"|a|": _rank(np.abs(a)), "|b|": _rank(np.abs(b))}


def _rank(values: Floats) -> Floats:
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.linspace(-1, 1, len(values))
    return ranks


def _list_shapes(errors: Floats, quantities: dict[str, Floats]) -> Iterator[tuple[str, Floats]]:
    """Yield products with functions of each quantity, by its name."""
    yield "a constant", errors
    for name, ranks in quantities.items():
        yield from ((name, errors * shape) for shape in (ranks, ranks**2 - 1 / 3, ranks**3))
    yield "a and b", errors * quantities["a"] * quantities["b"]


def _list_neighbours(errors: Floats, quantities: dict[str, Floats]) -> Iterator[tuple[str, Floats]]:
    """Yield products with the next errors in the order of each quantity, by its name."""
    for name, ranks in quantities.items():
        yield name, _multiply_neighbours(errors, np.argsort(ranks))
    a, b = quantities["a"], quantities["b"]
    # A strip after the other, each in the order of the other operand: neighbours in the plane.
    strips = max(1, round(len(errors) ** 0.5))
    for along, across in ((a, b), (b, a)):
        strip = np.floor((along + 1) / 2 * strips)
        yield "a and b", _multiply_neighbours(errors, np.lexsort((across, strip)))


def _multiply_neighbours(errors: Floats, order: NDArray[np.intp]) -> Floats:
    """Return the products of each error with those of the next examples in an order."""
    ordered = errors[order]
    return np.concatenate([ordered[:-lag] * ordered[lag:] for lag in range(1, _NEIGHBOURS + 1)])


def _standardize(products: Floats) -> float:
    """Return the magnitude of a sum over its standard error, were the terms independent."""
    scale = float(np.abs(products).max(initial=0.0))
    if not 0 < scale < np.inf:
        return 0.0
    products = products / scale  # squares of products of errors may be beyond float64
    return float(np.abs(products.sum()) / np.sqrt((products**2).sum()))
