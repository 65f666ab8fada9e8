"""Versions that take the place of others under the same number, as restores and copies do."""

import json
import shutil
from pathlib import Path

from tabuada.artifacts.store import Store
from tests.service.tiny import TinyNetwork, publish_tiny


def prepare_version(
    folder: Path, network: TinyNetwork, model: str = "mlp", version: int = 1, **facts: object
) -> Path:
    """Return the folder of a sound version that lies in no store yet.

    Args:
        folder: Where; it must not exist.
        network: What it holds.
        model: Its model.
        version: The number that it claims.
        facts: Other members of its manifest.
    """
    publish_tiny(Store(folder / "store"), folder / "work", network, model)
    prepared = folder / "store" / model / "1"
    manifest = prepared / "manifest.json"
    told = {**json.loads(manifest.read_text()), "version": version, **facts}
    manifest.write_text(json.dumps(told))
    return prepared


def replace_whole(target: Path, source: Path) -> None:
    """Put a copy of a version in the place of another by renames, with no moment in between."""
    fresh, old = target.with_name("fresh copy"), target.with_name("old copy")
    shutil.copytree(source, fresh)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def overwrite_files(target: Path, source: Path) -> None:
    """Write the files of a version over those of another, one after the other, times kept."""
    shutil.copytree(source, target, dirs_exist_ok=True)
