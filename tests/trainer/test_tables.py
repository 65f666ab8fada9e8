"""Tests of tables as CSV."""

from pathlib import Path

from trainer.results.tables import Row, Table, parse_table, write_table


def test_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows: list[Row] = [["7-final", 3, 0.1 + 0.2, -1e-300, 'a, "b"\nc'], ["-", 0, -2.5, 1e22, ""]]
    write_table(tmp_path / "t.csv", Table(["w", "x", "y", "z", "text"], rows))
    table = parse_table((tmp_path / "t.csv").read_bytes())
    assert table == Table(["w", "x", "y", "z", "text"], rows)


def test_table_leaves_texts_that_only_resemble_numbers() -> None:
    table = parse_table(b"text\n007\nnan\n1_000\ninf\n+\n")
    assert table.column("text") == ["007", "nan", "1_000", "inf", "+"]


def test_table_selects_rows_and_lists_values() -> None:
    table = Table(["operation", "n"], [["+", 1], ["-", 2], ["+", 3]])
    assert table.select("operation", "+").column("n") == [1, 3]
    assert table.values("operation") == ["+", "-"]
