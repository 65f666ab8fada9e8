"""Finds the storage that a location means."""

import os
from pathlib import Path

from tabuada.artifacts.storage.folder import Folder
from tabuada.artifacts.storage.storage import Storage
from tabuada.errors import BadLocation
from tabuada.extras import advise_installing


def open_storage(location: str | os.PathLike[str], cache: Path | None = None) -> Storage:
    """Return the storage at a location.

    Args:
        location: A path, or the URL of an object store: `s3://bucket/folder`.
        cache: Folder of this machine for the versions of a URL; that of the user where not given.

    Raises:
        BadLocation: The URL cannot be used, or the library for it is not installed.
    """
    text = os.fspath(location)
    if "://" not in text:
        return Folder(Path(text))
    if text.startswith("file://"):
        return Folder(Path(text.removeprefix("file://")))
    try:
        from tabuada.artifacts.storage.bucket import Bucket  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise BadLocation(
            f"expected the libraries for {text}. Received: {error}. "
            f"Install them: {advise_installing('storage')}"
        ) from error
    return Bucket(text, cache or find_cache())


def find_cache() -> Path:
    """Return where this user's programs keep what they can download again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tabuada"
