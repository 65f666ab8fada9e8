"""The versions that ship, and the first of them, whose answers many tests know."""

import shutil
from pathlib import Path

from tests.service.serving import ROOT

SHIPPED = (("mlp", 1), ("mlp", 2), ("arithmetic", 1))


def copy_shipped(store: Path) -> None:
    """Copy all versions that ship into a store, and none that was trained here since."""
    for model, version in SHIPPED:
        place = f"{model}/{version}"
        shutil.copytree(ROOT / "artifacts" / place, store / place)


def copy_first_versions(store: Path) -> None:
    """Copy version 1 of each model that ships into a store, whatever else there is by now."""
    for model in ("arithmetic", "mlp"):
        shutil.copytree(ROOT / "artifacts" / model / "1", store / model / "1")
