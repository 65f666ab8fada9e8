"""A table of a run: its columns by name, and how it is written as CSV and read back."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Cell = str | int | float | bool
Row = Sequence[Cell]

# Not "007", which names a trial, nor "nan" and "1_000", which Python would take.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(_WHOLE.pattern + r"(\.[0-9]*)?(e[+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns."""

    header: list[str]
    rows: Sequence[Row]

    def column(self, name: str) -> list[Cell]:
        """Return a column, from the first row to the last."""
        place = self.header.index(name)
        return [row[place] for row in self.rows]

    def select(self, name: str, value: Cell) -> "Table":
        """Return the rows that have this value in a column."""
        place = self.header.index(name)
        return Table(self.header, [row for row in self.rows if row[place] == value])

    def values(self, name: str) -> list[Cell]:
        """Return the different values of a column, in the order of their first rows."""
        return list(dict.fromkeys(self.column(name)))


def write_table(path: Path, table: Table) -> None:
    """Write a table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table.header)
        writer.writerows(table.rows)


def parse_table(content: bytes) -> Table:
    """Return the table that a CSV file holds; cells that look like numbers become numbers."""
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    return Table(header, [[_parse(cell) for cell in row] for row in rows])


def _parse(cell: str) -> Cell:
    if _WHOLE.fullmatch(cell):
        return int(cell)
    return float(cell) if _NUMBER.fullmatch(cell) else cell
