"""A store on object storage, with a cache on the disk.

There is no rename there, so a version becomes visible by its manifest, which is written last and
never over another one. Its number is claimed before, by a file that cannot be created twice: two
publishers never write to one version. `artifacts/README.md` specifies both.
"""

import contextlib
import itertools
import logging
import math
import tempfile
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tabuada.artifacts.storage.cache import VersionCache
from tabuada.artifacts.storage.claims import (
    CLAIM_LASTS,
    MAX_CLAIM_BYTES,
    read_claim,
    write_claim,
)
from tabuada.artifacts.storage.copies import Copies
from tabuada.artifacts.storage.files import describe_content, name_files
from tabuada.artifacts.storage.names import (
    claim_path,
    is_name,
    is_version,
    manifest_path,
    signature_path,
    version_path,
)
from tabuada.artifacts.storage.remote_files import RemoteFiles
from tabuada.artifacts.storage.storage import Seal, Survey
from tabuada.errors import CorruptArtifact, StoreNotWritable, StoreUnreachable
from tabuada.manifests.files import MANIFEST_NAME
from tabuada.manifests.manifest import Manifest

if TYPE_CHECKING:  # there is no such name when the code runs
    from obstore import ObjectMeta

logger = logging.getLogger("tabuada.artifacts")

_PROBES = ".staging"
_SEEN_FOR_S = 60.0
_SPARE_BYTES = 2**27  # of temporary files, which other things need room for as well


class Bucket:
    """A `Storage` where single files are written all at once and can be created just once.

    Args:
        url: Where the store is, such as `s3://bucket/folder`.
        cache: Folder of this machine for the files of opened versions.

    Raises:
        BadLocation: The URL is none of an object store.
    """

    def __init__(self, url: str, cache: Path) -> None:
        self._files = RemoteFiles(url)
        self._cache = VersionCache(cache)
        self._copies = Copies(self._files.url, cache)
        self._spare: tempfile.TemporaryDirectory[str] | None = None
        self._seen: dict[str, float] = {}  # manifests, and when they were there

    @property
    def location(self) -> str:
        """See `Storage`."""
        return self._files.url

    @property
    def copies(self) -> Copies:
        """See `Storage`."""
        return self._copies

    def locate(self, path: str) -> str:
        """See `Storage`."""
        return self._files.locate(path)

    def list_names(self, path: str) -> list[str]:
        """See `Storage`."""
        return self._files.list_names(path)

    def list_versions(self, model: str) -> list[int]:
        """See `Storage`; a manifest that was there is not asked for again for a minute."""
        numbers = sorted(int(name) for name in self.list_names(model) if is_version(name))
        return [number for number in numbers if self._is_published(manifest_path(model, number))]

    def survey(self, model: str, watched: Collection[int]) -> Survey:
        """See `Storage`; one listing of everything, and nothing is asked for by itself."""
        files = self._files.find(model)
        parts = [path.split("/") for path in files]
        versions = sorted(int(p[0]) for p in parts if p[1:] == [MANIFEST_NAME] and is_version(p[0]))
        labels = sorted(p[1] for p in parts if p[0] == "labels" and len(p) == 2 and is_name(p[1]))
        self._copies.retain(model, versions, labels)
        fingerprints = {v: _fingerprint(model, v, files) for v in versions if v in watched}
        return Survey(tuple(versions), tuple(labels), fingerprints)

    def exists(self, path: str) -> bool:
        """See `Storage`."""
        return self._files.look(path) is not None

    def read(self, path: str, max_bytes: int) -> bytes:
        """See `Storage`."""
        try:
            content = self._files.read(path, max_bytes)
        except FileNotFoundError as error:
            raise CorruptArtifact(str(error)) from error
        self._copies.note(path, content)
        return content

    def fetch(self, manifest: Manifest, content: bytes) -> Path:
        """See `Storage`; a version that is in the cache as it should be is not asked for."""
        base = version_path(manifest.model, manifest.version)

        def download(folder: Path) -> None:
            self._check_sizes(base, manifest)
            targets = {
                f"{base}/{path}": (folder / path, listed.size_bytes)
                for path, listed in manifest.files.items()
            }
            for target, _ in targets.values():
                target.parent.mkdir(parents=True, exist_ok=True)
            self._files.download(targets)

        try:
            folder = self._get(manifest, content, download)
        except (CorruptArtifact, FileNotFoundError) as error:
            raise CorruptArtifact(f"{self.locate(base)}: {error}") from error
        self._copies.keep(f"{base}/{MANIFEST_NAME}", content)
        return folder

    def fingerprint(self, model: str, version: int) -> object:
        """See `Storage`."""
        base, signature = version_path(model, version), signature_path(model, version)
        files = {f"{version}/{path}": facts for path, facts in self._files.find(base).items()}
        if facts := self._files.look(signature):
            files[signature.removeprefix(f"{model}/")] = facts
        return _fingerprint(model, version, files)

    def check_writable(self) -> None:
        """See `Storage`; tries as well whether files can be created without overwriting."""
        probe = f"{_PROBES}/{uuid.uuid4().hex}"
        with self._explain():
            self._files.create(probe, b"1")
            try:
                self._files.create(probe, b"2")
            except FileExistsError:
                return
            finally:
                self._files.remove([probe])
        raise StoreNotWritable(
            f"expected a store that creates files without overwriting others at {self.location}. "
            "Received: one that overwrites: two publishers could destroy each other's version. "
            "Use object storage with conditional writes. Nothing was published"
        )

    def add_version(self, model: str, source: Path, after: int, seal: Seal) -> bytes:
        """See `Storage`; a crash leaves a number that is skipped, and files that nobody lists."""
        self.check_writable()
        contents = {path: file.read_bytes() for path, file in name_files(source).items()}
        with self._explain():
            begun = {int(name) for name in self.list_names(model) if is_version(name)}
            self._sweep(model, begun.difference(self.list_versions(model)))
            version = self._claim(model, max([after, *begun]))
            base = version_path(model, version)
            manifest = seal(version, {path: describe_content(c) for path, c in contents.items()})
            try:
                self._upload({f"{base}/{path}": content for path, content in contents.items()})
                self._create(manifest_path(model, version), manifest)
            except BaseException:
                with contextlib.suppress(Exception):  # what failed before may fail again
                    self._remove_files(base)
                raise
        return manifest

    def replace(self, path: str, content: bytes) -> None:
        """See `Storage`."""
        with self._explain():
            self._files.write({path: content})

    def remove(self, path: str) -> None:
        """See `Storage`."""
        with self._explain():
            self._files.remove([path])

    def remove_version(self, model: str, version: int) -> None:
        """See `Storage`; what a crash leaves of its files goes with a later publishing."""
        with self._explain():
            with contextlib.suppress(FileExistsError):
                self._create(claim_path(model, version), write_claim())
            self._seen.pop(manifest_path(model, version), None)
            self._files.remove([manifest_path(model, version)])
            self._remove_files(version_path(model, version))

    def _get(self, manifest: Manifest, content: bytes, download: Callable[[Path], None]) -> Path:
        """Return a version's folder in the cache; where that takes nothing, in a temporary one."""
        try:
            return self._cache.get(manifest, content, download)
        except (FileNotFoundError, StoreUnreachable):
            raise
        except OSError as error:
            logger.warning("The cache takes no version: %s. A temporary folder does", error)
        if self._spare is None:
            self._spare = tempfile.TemporaryDirectory(prefix="tabuada-")
        return VersionCache(Path(self._spare.name), _SPARE_BYTES).get(manifest, content, download)

    def _is_published(self, path: str) -> bool:
        now = time.monotonic()
        if now - self._seen.get(path, -math.inf) > _SEEN_FOR_S:
            self._seen.pop(path, None)
            if self.exists(path):
                self._seen[path] = now
        return path in self._seen

    def _claim(self, model: str, after: int) -> int:
        """Return a number that no other publisher has, or will have."""
        claim = write_claim()
        for version in itertools.count(after + 1):
            with contextlib.suppress(FileExistsError):
                self._create(claim_path(model, version), claim)
                return version
        raise AssertionError("unreachable")

    def _create(self, path: str, content: bytes) -> None:
        """Write a file that is not there yet.

        Raises:
            FileExistsError: It is there, and by somebody else.
        """
        try:
            self._files.create(path, content)
        except FileExistsError:
            # It may be ours: the answer to a first attempt was lost, and the library tried again.
            with contextlib.suppress(CorruptArtifact):  # longer than ours
                if self._files.read(path, len(content)) == content:
                    return
            raise

    def _upload(self, contents: dict[str, bytes]) -> None:
        begun = time.monotonic()
        self._files.write(contents)
        if time.monotonic() - begun > CLAIM_LASTS.total_seconds() / 2:
            raise TimeoutError("an upload so slow that the claim to its number may have expired")

    def _sweep(self, model: str, unfinished: set[int]) -> None:
        """Remove the files of versions without a manifest that were claimed long ago."""
        for version in unfinished:
            # Unclaimed, or so long that it is no claim: somebody else copies it there.
            with contextlib.suppress(FileNotFoundError, CorruptArtifact):
                claim = self._files.read(claim_path(model, version), MAX_CLAIM_BYTES)
                claimed_at = read_claim(claim)
                if datetime.now(UTC) - claimed_at > CLAIM_LASTS:
                    self._remove_files(version_path(model, version))

    def _remove_files(self, path: str) -> None:
        self._files.remove([f"{path}/{name}" for name in self._files.find(path)])

    def _check_sizes(self, base: str, manifest: Manifest) -> None:
        """Refuse files that are missing, or too long, before they fill the disk."""
        found = self._files.find(base)
        for path, listed in manifest.files.items():
            size = found[path]["size"] if path in found else "no such file"
            if size != listed.size_bytes:
                raise CorruptArtifact(
                    f"expected {listed.size_bytes} bytes in {path}. Received: {size}. "
                    "Restore or republish it"
                )

    @contextlib.contextmanager
    def _explain(self) -> Iterator[None]:
        """Say of whatever keeps from writing that nothing was written."""
        try:
            yield
        except OSError as error:
            raise StoreNotWritable(f"{error}. Nothing was published") from error


def _fingerprint(model: str, version: int, files: "Mapping[str, ObjectMeta]") -> object:
    """Return what changes when a file of a version is written anew, whoever was asked for it.

    Listings and single questions tell times in another precision, so those count only where a store
    knows nothing better.
    """
    signature = signature_path(model, version).removeprefix(f"{model}/")
    return tuple(
        (path, facts["size"], facts["e_tag"] or str(facts["last_modified"]))
        for path, facts in sorted(files.items())
        if path.startswith(f"{version}/") or path == signature
    )
