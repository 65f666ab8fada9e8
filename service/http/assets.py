"""The files that pages load: read once, compressed once, under addresses that name their content.

A page names them under the digest of all of them, so that a browser keeps each for good, and runs
no module of another release than its page's, whatever it has kept, and whatever times the files
have. Under their plain names they are asked for again each time.
"""

import gzip
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_OTHER = "text/plain; charset=utf-8"
_LEAST_BYTES = 500  # to compress fewer saves nothing

Signature = tuple[tuple[str, int, int, int, int], ...]


@dataclass(slots=True)
class Asset:
    """One file.

    Attributes:
        content: Its bytes.
        media_type: What they are.
        digest: Of the bytes, in hexadecimal.
    """

    content: bytes
    media_type: str
    digest: str
    _zipped: bytes | None = None
    _lock: Lock = field(default_factory=Lock)

    def zip(self) -> bytes:
        """Return the content compressed, with gzip; the first time takes up to 60 ms."""
        with self._lock:
            if self._zipped is None:
                self._zipped = gzip.compress(self.content, mtime=0)
            return self._zipped

    @property
    def is_small(self) -> bool:
        """Whether compressing it saves nothing."""
        return len(self.content) < _LEAST_BYTES


@dataclass(frozen=True, slots=True)
class Release:
    """All files as they were at one time.

    Attributes:
        digest: Of their names and contents.
        files: By path below the folder.
    """

    digest: str
    files: dict[str, Asset]

    @property
    def folder(self) -> str:
        """Where a page finds them, relative to itself."""
        return f"static/{self.digest}/"


class Assets:
    """The files of a folder, all of one time.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._held: tuple[Signature, Release] | None = None

    def look(self) -> Release:
        """Return the files as they are now; they are read only where something has changed.

        Where they cannot be read any more, they are what they were.

        Raises:
            OSError: They cannot be read, and never were.
        """
        with self._lock:
            try:
                signature = tuple(sorted(_sign(self._folder)))
                if self._held is None or self._held[0] != signature:
                    self._held = signature, _read(self._folder, signature)
            except OSError:
                if self._held is None:
                    raise
            return self._held[1]

    @property
    def held(self) -> Release:
        """The files as they were at the last look."""
        return self._held[1] if self._held is not None else self.look()


def _sign(folder: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what changes with each file. Times of change, which nobody sets back, are among it."""
    for path, _, names in os.walk(folder, onerror=_fail):
        for name in names:
            file = Path(path, name)
            found = file.stat()
            place = file.relative_to(folder).as_posix()
            yield place, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _fail(error: OSError) -> None:
    """Have a folder that cannot be listed be an error, not an empty one."""
    raise error


def _read(folder: Path, signature: Signature) -> Release:
    whole = hashlib.sha256()
    files = {}
    for place, *_ in signature:
        content = (folder / place).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        whole.update(f"{place}\0{digest}\n".encode())
        media_type = _MEDIA_TYPES.get(Path(place).suffix, _OTHER)
        files[place] = Asset(content, media_type, digest[:32])
    return Release(whole.hexdigest()[:16], files)
