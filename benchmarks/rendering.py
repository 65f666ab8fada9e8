"""Reads committed results, and writes tables of them."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def read_table(path: str) -> list[dict[str, str]]:
    """Return the rows of a committed table."""
    with (RESULTS / path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_json(path: str) -> dict[str, Any]:
    """Return a committed result of one object."""
    content: dict[str, Any] = json.loads((RESULTS / path).read_text("utf-8"))
    return content


def render(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
