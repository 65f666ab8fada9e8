"""Functions of two operands for the unit to learn or refuse; most are outside its family."""

from collections.abc import Callable

import numpy as np

from tabuada.arithmetic.operations import Floats, Operation
from tabuada.arithmetic.regions import Pole

NAME = "f"
"""What the unit knows each of them by."""

Function = Callable[[Floats, Floats], Floats]


def scatter(a: Floats, b: Floats) -> Floats:
    """Return what looks like noise in [-0.5, 0.5): the same operands give the same."""
    digits: Floats = np.modf(np.sin(12.9898 * a + 78.233 * b) * 43758.5453)[0] / 2
    return digits


FUNCTIONS: dict[str, Function] = {
    # Whole weights, which the paths can express.
    "a * b * b": lambda a, b: a * b * b,
    "a / (b * b)": lambda a, b: a / (b * b),
    "a * a": lambda a, b: a * a + 0 * b,
    "1 / (a * b)": lambda a, b: 1 / (a * b),
    "2 * a + b": lambda a, b: 2 * a + b,
    "3 * a - 2 * b": lambda a, b: 3 * a - 2 * b,
    "b - a": lambda a, b: b - a,
    "a": lambda a, b: a + 0 * b,
    "1": lambda a, b: 1 + 0 * (a + b),
    # Weights beyond them, or next to them.
    "a * a * a * a": lambda a, b: a**4 + 0 * b,
    "4 * a + b": lambda a, b: 4 * a + b,
    "(a + b) / 2": lambda a, b: (a + b) / 2,
    "1.001 * a * b": lambda a, b: 1.001 * a * b,
    "a + 0.01 * b": lambda a, b: a + 0.01 * b,
    "-a * b": lambda a, b: -a * b,
    "sqrt(|a|)": lambda a, b: np.sqrt(np.abs(a)) + 0 * b,
    # Sums of products, and constants beside them.
    "a + b * b": lambda a, b: a + b * b,
    "a * b + a": lambda a, b: a * b + a,
    "(a - b) ** 2": lambda a, b: (a - b) ** 2,
    "a + b + 1": lambda a, b: a + b + 1,
    "a * b + 0.001": lambda a, b: a * b + 0.001,
    "a + 1e-9 * b * b": lambda a, b: a + 1e-9 * b * b,
    "5": lambda a, b: 5 + 0 * (a + b),
    # Signs and cases.
    "max(a, b)": np.maximum,
    "min(a, b)": np.minimum,
    "|a - b|": lambda a, b: np.abs(a - b),
    "a * |b|": lambda a, b: a * np.abs(b),
    "a + b, a - b where a > 9.5": lambda a, b: np.where(a > 9.5, a - b, a + b),
    "a * b, a / b where b < 0": lambda a, b: np.where(b < 0, a / b, a * b),
    "a, 0 where a < 0": lambda a, b: np.maximum(a, 0) + 0 * b,
    # Whole numbers.
    "a mod b": np.mod,
    "a // b": np.floor_divide,
    "round(a * b)": lambda a, b: np.round(a * b),
    # Other functions.
    "|a| ** (b / 4)": lambda a, b: np.abs(a) ** (b / 4),
    "sin(a)": lambda a, b: np.sin(a) + 0 * b,
    "a * sin(b)": lambda a, b: a * np.sin(b),
    "a + b + sin(10 * a)": lambda a, b: a + b + np.sin(10 * a),
    # What nothing explains, alone and beside something.
    "noise": lambda a, b: 10 * scatter(a, b),
    "a + b * b / 9 + noise": lambda a, b: a + b * b / 9 + scatter(a, b),
}


def pose(name: str) -> Operation:
    """Return a function as an operation; divisors keep the distance from 0 that division's keep."""
    return Operation(
        NAME, name, (), FUNCTIONS[name], poles=(Pole(operand="b", at=0, distance=0.1),)
    )
