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


def check_small_figures(way: dict[str, Any]) -> None:
    """Check that what is carried and what is borrowed stands where its step says."""
    for number, step in enumerate(way["steps"]):
        now = [cell for cell in way["cells"] if cell["step"] == number]
        if step["key"].endswith("-carry"):
            (carry,) = (cell for cell in now if cell["kind"] == "carry")
            assert carry["text"] == str(step["carry"])
            beside = [c for c in way["cells"] if c["column"] == carry["column"] + 1]
            written = now if step["key"] == "add-carry" else beside
            shown = step["write"] if step["key"] == "add-carry" else step["other"]
            assert (carry["column"] + 1, str(shown)) in {(c["column"], c["text"]) for c in written}
        if step["key"].startswith("borrow"):
            changed = {c["column"]: c["text"] for c in now if c["kind"] == "changed"}
            crossed = [c for c in way["cells"] if c.get("crossed") == number]
            assert {c["column"]: c["text"] for c in crossed}.keys() == changed.keys()
            assert list_by_place(crossed) == [str(change["from"]) for change in step["changes"]]
            assert [changed[x] for x in sorted(changed)] == [str(c["to"]) for c in step["changes"]]


def list_by_place(cells: list[Cell]) -> list[str]:
    """Return what squares hold, from the left."""
    return [cell["text"] for cell in sorted(cells, key=lambda cell: int(cell["column"]))]
