"""Prints how a run ended: a short table, and where everything is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tabuada.artifacts.store import Store
from tabuada.errors import TabuadaError
from tabuada.manifests.files import MODEL_CARD, TRAINING
from tabuada.manifests.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Before:
    """What a new version is told beside.

    Attributes:
        manifest: Of the latest earlier version that was tested on the same questions, if any.
        note: What is to be said of a later one that was not; else empty.
    """

    manifest: Manifest | None = None
    note: str = ""


def print_summary(manifest: Manifest, store: Store, logs: Path, metrics: Table, note: str) -> None:
    """Print how a version does that was just published, and where everything is.

    Args:
        manifest: Of the version.
        store: That it was published to.
        logs: Folder with the TensorBoard logs of the run.
        metrics: How the version does.
        note: What is to be said of the version before; empty where nothing is.
    """
    console = Console(highlight=False, soft_wrap=True)
    folder = store.locate(manifest.model, manifest.version)
    console.print(f"\nPublished {manifest.model} version {manifest.version} in {folder}\n")
    console.print(metrics)
    console.print(note and f"\n{note}", markup=False)
    places = {
        "Report": f"{folder}/{TRAINING}/report.html",
        "Model card": f"{folder}/{MODEL_CARD}",
        "TensorBoard": f"tensorboard --logdir {logs}",
    }
    for what, where in places.items():
        console.print(f"{what:<12} {where}", markup=False)


def find_before(
    manifest: Manifest, store: Store, differ: Callable[[Manifest, Manifest], list[str]]
) -> Before:
    """Find an earlier version whose figures may stand beside those of a new one.

    Args:
        manifest: Of the new version.
        store: That holds both.
        differ: Returns the settings by which two were tested on other questions.
    """
    note = ""
    for version in sorted(store.versions(manifest.model), reverse=True):
        if version >= manifest.version:
            continue
        try:
            before = store.manifest(manifest.model, version)
        except TabuadaError:  # what was published just now is told all the same
            continue
        if before.task != manifest.task:
            continue
        differences = differ(manifest, before)
        if not differences:
            return Before(before, note)
        note = note or (
            f"Version {version} was tested on other questions ({', '.join(differences)} differ): "
            "its figures do not stand beside these."
        )
    return Before(note=note)
