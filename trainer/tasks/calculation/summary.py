"""Tells on the terminal how a network calculates."""

from rich.table import Table

from tabuada.manifests.calculation import CalculationManifest
from trainer.tasks.calculation.tabulate import list_relative_errors


def tabulate_metrics(manifest: CalculationManifest, before: CalculationManifest | None) -> Table:
    """Return a row an operation, beside what the version before has."""
    names = ["operation", "MAE", "median", "p99", "largest error", "median relative error"]
    if before:
        names.append(f"MAE of version {before.version}")
    table = Table(*names, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    table.columns[-1].no_wrap = True  # where a terminal is narrow, a longer name takes more lines
    earlier = {"all": before.metrics.overall} | before.metrics.per_operation if before else {}
    relative = list_relative_errors(manifest.metrics)
    groups = {"all": manifest.metrics.overall} | manifest.metrics.per_operation
    for name, s in groups.items():
        cells = [f"{value:.4g}" for value in (s.mae, s.median, s.p99, s.max)]
        cells.append(f"{100 * relative[name].median:.2g} %" if name in relative else "")
        if before:
            cells.append(f"{earlier[name].mae:.4g}" if name in earlier else "")
        table.add_row(name, *cells)
    return table
