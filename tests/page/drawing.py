"""Reads the drawing of a worked way, as somebody does who looks at it."""

from decimal import Decimal
from typing import Any

Cell = dict[str, Any]


def read_row(cells: list[Cell], step: int) -> Decimal:
    """Read the number that the digits of one row show at a step."""
    text = ""
    for cell in sorted(cells, key=lambda cell: int(cell["column"])):
        text += cell["text"]
        if cell.get("point", step + 1) <= step:
            text += "."
    return Decimal(text)


def read_result(way: dict[str, Any]) -> Decimal:
    """Read the answer from the squares where it is written."""
    last = len(way["steps"]) - 1
    results = [cell for cell in way["cells"] if cell["kind"] == "result"]
    row = max(cell["row"] for cell in results)
    fillers = [c for c in way["cells"] if c["kind"] == "filler" and c["row"] == row]
    return read_row(results_of(results, row) + fillers, last)


def results_of(cells: list[Cell], row: int) -> list[Cell]:
    """Return the squares of a row."""
    return [cell for cell in cells if cell["row"] == row]


def check_squares(way: dict[str, Any]) -> None:
    """Check that at each step every square holds one thing, and that each thing comes at a step."""
    last = len(way["steps"]) - 1
    for step in range(last + 1):
        shown = [
            (cell["row"], cell["column"])
            for cell in way["cells"]
            if cell["step"] <= step <= cell.get("until", last)
        ]
        assert len(shown) == len(set(shown)), f"two in one square at step {step}"
    assert all(0 <= part["step"] <= last for part in (*way["cells"], *way["lines"]))
