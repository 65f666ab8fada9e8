"""Says in words why a unit was not snapped: which operation, what it became, how far off."""

from dataclasses import dataclass

import numpy as np

from tabuada.arithmetic.operations import Floats, Operation
from tabuada.showing import count
from trainer.tasks.calculation.families.arithmetic.evidence import Evidence
from trainer.tasks.calculation.families.arithmetic.unit import LARGEST_WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One operation that cannot be snapped.

    Attributes:
        operation: Which.
        additive: Whether its gate chose the additive path, or the multiplicative one.
        weights: Whole weights of a and b on that path, shape (2,).
        before: Weights of that path before the ramp, shape (2,).
        objection: What speaks against them.
        evidence: Its examples.
    """

    operation: Operation
    additive: bool
    weights: Floats
    before: Floats
    objection: str
    evidence: Evidence


def explain_refusal(findings: list[Finding]) -> str:
    """Return the message of a unit with such operations; it tells of the first and names all."""
    finding, *others = findings
    symbol = finding.operation.symbol
    path = "additive" if finding.additive else "multiplicative"
    found = describe_weights(finding.additive, finding.weights)
    named = " and ".join(f"`{other.operation.symbol}`" for other in others)
    return (
        "expected every operation to be snapped to whole weights that its examples bear out. "
        f"Received: for `{symbol}` the {path} path, as {found}, but {finding.objection}; "
        f"{_compare_errors(finding)}{f'; {named} failed, too' if named else ''}. "
        "Nothing was published. Train for longer (fit.epochs) or on more problems (data.samples); "
        "if that does not help, no sum or product of a and b with whole weights up to "
        f"{LARGEST_WHOLE} is `{symbol}`: leave it out of data.operations, or teach it to the "
        "family mlp"
    )


def describe_weights(additive: bool, weights: Floats) -> str:
    """Return what whole weights of a and b on one path compute, such as `2 * a - b`."""
    return _describe_sum(weights) if additive else _describe_product(weights)


def _describe_sum(weights: Floats) -> str:
    text = ""
    for name, weight in zip("ab", weights.tolist(), strict=True):
        if weight:
            factor = "" if abs(weight) == 1 else f"{abs(weight):g} * "
            sign = "-" if weight < 0 else "+"
            text += f" {sign} {factor}{name}" if text else f"{sign.strip('+')}{factor}{name}"
    return text or "0"


def _describe_product(powers: Floats) -> str:
    over, under = (
        [name for name, power in zip("ab", powers, strict=True) for _ in range(int(sign * power))]
        for sign in (1, -1)
    )
    return " / ".join([" * ".join(over) or "1", *under])


def _compare_errors(finding: Finding) -> str:
    evidence, rows = finding.evidence, finding.evidence.held_out
    snapped, soft = (
        float(np.mean(errors[rows])) for errors in (evidence.errors, evidence.soft_errors)
    )
    problems, (a, b) = count(int(rows.sum()), "validation problem"), finding.before
    return (
        f"mean absolute error on {problems} {snapped:.3g}, before the ramp, at weights {a:.3g} and "
        f"{b:.3g}, {soft:.3g}"
    )
