"""Prints how a run ended: a short table, and where everything is."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from tabuada.artifacts.store import Store
from tabuada.errors import TabuadaError
from tabuada.manifests.files import MODEL_CARD, TRAINING
from tabuada.manifests.manifest import Manifest


def print_summary(manifest: Manifest, store: Store, logs: Path, metrics: Table) -> None:
    """Print how a version does that was just published, and where everything is.

    Args:
        manifest: Of the version.
        store: That it was published to.
        logs: Folder with the TensorBoard logs of the run.
        metrics: How the version does.
    """
    console = Console(highlight=False, soft_wrap=True)
    folder = store.locate(manifest.model, manifest.version)
    console.print(f"\nPublished {manifest.model} version {manifest.version} in {folder}\n")
    console.print(metrics)
    places = {
        "Report": f"{folder}/{TRAINING}/report.html",
        "Model card": f"{folder}/{MODEL_CARD}",
        "TensorBoard": f"tensorboard --logdir {logs}",
    }
    console.print("")
    for what, where in places.items():
        console.print(f"{what:<12} {where}", markup=False)


def find_before(manifest: Manifest, store: Store) -> Manifest | None:
    """Return the manifest of the version before, unless there is none to be read."""
    earlier = [v for v in store.versions(manifest.model) if v < manifest.version]
    try:
        return store.manifest(manifest.model, earlier[-1]) if earlier else None
    except TabuadaError:  # what was published just now is told all the same
        return None
