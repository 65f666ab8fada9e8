"""The first versions that shipped, whose answers many tests know."""

import shutil
from pathlib import Path

from tests.service.serving import ROOT


def copy_first_versions(store: Path) -> None:
    """Copy version 1 of each model that ships into a store, whatever else there is by now."""
    for model in ("arithmetic", "mlp"):
        shutil.copytree(ROOT / "artifacts" / model / "1", store / model / "1")
