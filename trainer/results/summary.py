"""Prints how a run ended: a short table, and where everything is."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from tabuada.artifacts.store import Store
from tabuada.errors import TabuadaError
from tabuada.manifests.calculation import CalculationManifest, as_calculation
from tabuada.manifests.manifest import Manifest


def print_summary(manifest: Manifest, store: Store, logs: Path) -> None:
    """Print the errors of a version that was just published, and where everything is.

    Args:
        manifest: Of the version.
        store: That it was published to.
        logs: Folder with the TensorBoard logs of the run.
    """
    console = Console(highlight=False, soft_wrap=True)
    folder = store.locate(manifest.model, manifest.version)
    console.print(f"\nPublished {manifest.model} version {manifest.version} in {folder}\n")
    console.print(_tabulate(as_calculation(manifest), _find_before(manifest, store)))
    places = {
        "Report": f"{folder}/training/report.html",
        "Model card": f"{folder}/MODEL_CARD.md",
        "TensorBoard": f"tensorboard --logdir {logs}",
    }
    console.print("")
    for what, where in places.items():
        console.print(f"{what:<12} {where}", markup=False)


def _tabulate(manifest: CalculationManifest, before: CalculationManifest | None) -> Table:
    names = ["operation", "MAE", "median", "p99", "largest error"]
    if before:
        names.append(f"MAE of version {before.version}")
    table = Table(*names, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    earlier = {"all": before.metrics.overall} | before.metrics.per_operation if before else {}
    groups = {"all": manifest.metrics.overall} | manifest.metrics.per_operation
    for name, s in groups.items():
        cells = [f"{value:.4g}" for value in (s.mae, s.median, s.p99, s.max)]
        if before:
            cells.append(f"{earlier[name].mae:.4g}" if name in earlier else "")
        table.add_row(name, *cells)
    return table


def _find_before(manifest: Manifest, store: Store) -> CalculationManifest | None:
    """Return the manifest of the version before, unless there is none to be read."""
    earlier = [v for v in store.versions(manifest.model) if v < manifest.version]
    try:
        return as_calculation(store.manifest(manifest.model, earlier[-1])) if earlier else None
    except TabuadaError:  # what was published just now is told all the same
        return None
