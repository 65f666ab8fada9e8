"""Snaps the weights of a fitted unit to whole numbers, or says why the result would be wrong."""

import keras
import numpy as np
from numpy.typing import NDArray

from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats
from trainer.errors import CannotSnap
from trainer.tasks.calculation.families.arithmetic.evidence import Evidence, find_objection
from trainer.tasks.calculation.families.arithmetic.refusal import Finding, explain_refusal
from trainer.tasks.calculation.families.arithmetic.snapped_unit import SnappedUnit
from trainer.tasks.calculation.families.arithmetic.unit import (
    DTYPE,
    ArithmeticUnit,
    find_whole_range,
)
from trainer.tasks.calculation.families.examples import ProblemExamples

SNAP_DISTANCE = 0.05
"""Greatest distance from a whole number at which a weight may be snapped."""

_NAMES = ("additive", "multiplicative", "gate")
Weights = dict[str, Floats]
"""By name: both paths' (operations, 2), and the gates' (operations, 1)."""


def snap(unit: ArithmeticUnit, train: ProblemExamples, validation: ProblemExamples) -> keras.Model:
    """Return the unit with the weights of every chosen path snapped to whole numbers.

    The ramp brings any weight next to a whole number. So the examples are asked as well, see
    `find_objection`: those that the unit learned from and those that it did not, and what it
    answered to them before its ramp.

    The path that an operation's gate has closed gets weights of 0, whatever they were: it then is a
    constant, which the gate keeps from the answer. With others it could be infinite, which no gate
    of 0 takes away.

    Args:
        unit: Fitted.
        train: The problems that it was fitted to.
        validation: Problems that it was not fitted to.

    Raises:
        CannotSnap: A gate or a weight of a chosen path is further than `SNAP_DISTANCE` from all
            whole numbers that it may become, or the examples contradict what it becomes.
    """
    fitted = _read(unit)
    whole = _round(fitted)
    network = _build_network(whole)
    before = unit.recall_before_ramp()
    findings = []
    for row, operation in enumerate(train.problems.operations):
        evidence = _gather(row, whole, network, before, (train, validation))
        if objection := _find_unripe(row, fitted) or find_objection(evidence):
            path = "additive" if whole["gate"][row, 0] else "multiplicative"
            findings.append(
                Finding(
                    operation=operation,
                    additive=path == "additive",
                    weights=whole[path][row],
                    before=_read(before)[path][row],
                    objection=objection,
                    evidence=evidence,
                )
            )
    if findings:
        raise CannotSnap(explain_refusal(findings))
    return network


def _read(unit: ArithmeticUnit) -> Weights:
    return dict(zip(_NAMES, unit.get_weights(), strict=True))


def _round(fitted: Weights) -> Weights:
    """Return the nearest whole numbers, and 0 for the paths that the gates close."""
    whole: Weights = {
        # + 0.0: no -0. What is not finite is found unripe; it needs a number until then.
        name: _find_nearest(name, np.nan_to_num(weights)) + 0.0
        for name, weights in fitted.items()
    }
    opened = whole["gate"] > 0
    whole["additive"] = np.where(opened, whole["additive"], 0.0)
    whole["multiplicative"] = np.where(opened, 0.0, whole["multiplicative"])
    return whole


def _build_network(whole: Weights) -> keras.Model:
    inputs = keras.Input((2 + len(whole["gate"]),), dtype=DTYPE)
    layer = SnappedUnit(**{name: matrix.tolist() for name, matrix in whole.items()})
    network = keras.Model(inputs, layer(inputs))
    network.compile(loss="mse", metrics=["mae"])
    return network


def _find_unripe(row: int, fitted: Weights) -> str:
    """Return what of an operation the fit has not settled, in words; empty where nothing."""
    gate = fitted["gate"][row]
    if not _is_whole("gate", gate):
        return f"its gate is at {gate[0]:.3g}, next to neither 0, the product, nor 1, the sum"
    path = "additive" if gate[0] > 1 / 2 else "multiplicative"
    weights = fitted[path][row]
    if not _is_whole(path, weights):
        return f"its weights {weights[0]:.3g} and {weights[1]:.3g} are next to no whole numbers"
    return ""


def _is_whole(name: str, weights: Floats) -> bool:
    distances = np.abs(weights - _find_nearest(name, weights))
    return bool((distances <= SNAP_DISTANCE).all())  # NaN, too, is not


def _find_nearest(name: str, weights: Floats) -> Floats:
    nearest: Floats = np.clip(np.round(weights), *find_whole_range(name))
    return nearest


def _gather(
    row: int,
    whole: Weights,
    network: keras.Model,
    before: ArithmeticUnit,
    parts: tuple[ProblemExamples, ProblemExamples],
) -> Evidence:
    """Return the examples of one operation, with the answers of two networks."""
    chosen = [part.problems.op == row for part in parts]
    features, results = (
        np.concatenate([values[rows] for values, rows in zip(columns, chosen, strict=True)])
        for columns in ([p.features for p in parts], [p.targets[:, 0] for p in parts])
    )
    operands, snapped = features[:, :2], _answer(network, features)
    terms = np.abs(operands) @ np.abs(whole["additive"][row])
    return Evidence(
        operands=operands,
        results=results,
        snapped=snapped,
        soft=_answer(before, features),
        magnitudes=terms if whole["gate"][row, 0] else np.abs(snapped),
        held_out=np.arange(len(features)) >= chosen[0].sum(),
    )


def _answer(network: keras.Model, features: Features) -> Floats:
    answers: NDArray[np.float64] = np.asarray(network(features), np.float64)
    return answers[:, 0]
