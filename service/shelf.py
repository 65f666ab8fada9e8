"""What lies in a store at one moment, as the catalogue compares it with what is loaded."""

import os
from dataclasses import dataclass
from pathlib import Path

from tabuada.errors import StoreError
from tabuada.store import SIGNATURES_FOLDER, Store


@dataclass(frozen=True, slots=True)
class Listing:
    """The versions of one model.

    Attributes:
        versions: All of them, ascending.
        labels: Labels with the versions they point to.
        default: The version that answers where a request names none.
    """

    versions: tuple[int, ...]
    labels: dict[str, int]
    default: int


def list_model(store: Store, model: str) -> Listing:
    """Return what the store holds of a model.

    Raises:
        NotFound: No such model, or its `stable` label points to no version.
        StoreError: A label or name cannot be read.
    """
    default = store.resolve(model)
    return Listing(tuple(store.versions(model)), store.labels(model), default)


def list_store(store: Store) -> tuple[dict[str, Listing], dict[str, str]]:
    """Return every model's listing, and of models that cannot be read the reason.

    Raises:
        OSError: The store itself cannot be read.
    """
    listings, problems = {}, {}
    for model in store.models():
        try:
            listings[model] = list_model(store, model)
        except (StoreError, OSError) as error:  # one bad model must not hide the others
            problems[model] = str(error)
    return listings, problems


def fingerprint(folder: Path) -> object:
    """Return what changes when somebody repairs or replaces a file of a version, or signs it.

    Args:
        folder: That of the version.
    """
    signature = os.path.join(folder.parent, SIGNATURES_FOLDER, f"{folder.name}.sig")
    paths = [signature] if os.path.lexists(signature) else []
    for parent, _, files in os.walk(folder):
        paths += sorted(os.path.join(parent, name) for name in files)
    statuses = [(path, os.lstat(path)) for path in paths]
    return tuple((path, s.st_ino, s.st_size, s.st_mtime_ns) for path, s in statuses)
