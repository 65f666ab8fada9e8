"""The files of a version that people may look at: how it came to be, and what it is good for."""

import logging

from service.errors import VersionUnavailable
from tabuada.artifacts.store import Store
from tabuada.errors import CorruptArtifact, NotFound
from tabuada.manifests.files import MODEL_CARD, TRAINING
from tabuada.manifests.manifest import FileRecord, Manifest
from tabuada.showing import show

logger = logging.getLogger("service.versions")

_TRAINING = f"{TRAINING}/"


def find_shown(manifest: Manifest, path: str) -> FileRecord:
    """Return what the manifest of a version says about one of its files.

    Raises:
        NotFound: No such file among those that are shown.
    """
    record = manifest.files.get(path) if path == MODEL_CARD or path.startswith(_TRAINING) else None
    if record is None:
        raise NotFound(
            f"expected {MODEL_CARD}, or a file of {_TRAINING} that the manifest of "
            f"{manifest.model} version {manifest.version} lists. Received: {show(path)}. "
            "Look the files up in that manifest",
            kind="file",
        )
    return record


def read_shown(manifest: Manifest, path: str, store: Store) -> bytes:
    """Return the content of a file that `find_shown` found.

    Raises:
        VersionUnavailable: It is missing, changed or behind a link; the log says where.
    """
    try:
        return store.read_file(manifest, path)
    except CorruptArtifact as error:
        logger.error("A file cannot be shown: %s", error)
        raise VersionUnavailable(
            f"expected {path} of {manifest.model} version {manifest.version} as it was published. "
            "Received: a file that is damaged or cannot be read. Restore it, or ask for another"
        ) from error
