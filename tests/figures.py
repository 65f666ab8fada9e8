"""Where each figure of the READMEs comes from: a committed file of results."""

import csv
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def read_json(path: str) -> dict[str, Any]:
    """Return a result file of one object."""
    content: dict[str, Any] = json.loads((RESULTS / path).read_text("utf-8"))
    return content


def read_cell(path: str, column: str, **where: str) -> float:
    """Return one value of a table, from the only row that has the values asked for."""
    with (RESULTS / path).open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if where.items() <= row.items()]
    assert len(rows) == 1, f"{path}: {len(rows)} rows have {where}"
    return float(rows[0][column])
