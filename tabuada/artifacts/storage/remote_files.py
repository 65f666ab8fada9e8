"""The files of a remote store, with one kind of error whatever library reaches them."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from tabuada.artifacts.storage.file_systems import open_file_system
from tabuada.errors import StoreUnreachable, TabuadaError

_MAX_REASON = 300

Facts = dict[str, Any]
"""What fsspec tells of a file: name, size and type, and what else its library knows."""


class RemoteFiles:
    """Files below a URL, by their paths relative to it.

    Every method raises StoreUnreachable where the other side does not answer or refuses to.

    Args:
        url: Where they are, such as `s3://bucket/folder`.

    Raises:
        BadLocation: No file system for the URL is installed.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._files, self._root = open_file_system(url)

    def locate(self, path: str) -> str:
        """Return the URL of a path."""
        return f"{self.url}/{path}"

    def look(self, path: str) -> Facts | None:
        """Return what is known of a file; None where there is none."""
        with self._explain(), contextlib.suppress(FileNotFoundError):
            self._files.invalidate_cache()
            return dict(self._files.info(self._full(path)))
        return None

    def list_names(self, path: str) -> list[str]:
        """Return the names right below a path; none where nothing is there."""
        with self._explain(), contextlib.suppress(FileNotFoundError):
            self._files.invalidate_cache()
            entries = self._files.ls(self._full(path), detail=True)
            return [entry["name"].rstrip("/").rpartition("/")[2] for entry in entries]
        return []

    def find(self, path: str) -> dict[str, Facts]:
        """Return what is known of every file below a path, by its path below that."""
        base = self._full(path) + "/"
        with self._explain(), contextlib.suppress(FileNotFoundError):
            self._files.invalidate_cache()
            found = self._files.find(self._full(path), detail=True)
            return {name.removeprefix(base): facts for name, facts in found.items()}
        return {}

    def read(self, path: str) -> bytes:
        """Return the content of a file.

        Raises:
            FileNotFoundError: There is none.
        """
        with self._explain():
            return bytes(self._files.cat_file(self._full(path)))

    def download(self, targets: dict[str, str]) -> None:
        """Copy files, several at a time, each to its path on this machine, whose folder is there.

        Raises:
            FileNotFoundError: One of them is not there.
        """
        with self._explain():
            self._files.get([self._full(path) for path in targets], list(targets.values()))

    def write(self, contents: dict[str, bytes]) -> None:
        """Write files, several at a time, over what was there."""
        with self._explain():
            self._files.pipe({self._full(path): content for path, content in contents.items()})

    def create(self, path: str, content: bytes) -> None:
        """Write a file where none is.

        Raises:
            FileExistsError: One is there.
        """
        with self._explain():
            self._files.pipe_file(self._full(path), content, mode="create")

    def remove(self, paths: list[str]) -> None:
        """Remove files; one that is gone already is no error."""
        with self._explain():
            for path in paths:
                with contextlib.suppress(FileNotFoundError):
                    self._files.rm_file(self._full(path))

    def _full(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/")

    @contextlib.contextmanager
    def _explain(self) -> Iterator[None]:
        """Turn what the libraries raise, each its own, into an error that says where."""
        try:
            yield
        except (FileNotFoundError, FileExistsError, TabuadaError):
            raise
        except Exception as error:
            raise StoreUnreachable(
                f"expected the store at {self.url} to answer. Received: {_shorten(error)}. "
                "Check its address, the credentials and the network"
            ) from error


def _shorten(error: Exception) -> str:
    """Return an error on one line, the same each time that it comes back.

    Some libraries tell pages of it: how long it took, the whole answer, where in their own code.
    """
    text = " ".join(str(error).split()) or type(error).__name__
    text = re.sub(r" in [0-9.]+[nµm]?s\b", "", text).partition(" Debug source:")[0]
    code = re.search(r"<Code>(\w+)</Code>", text)
    text = text.partition("<")[0].strip() + (f" {code[1]}" if code else "")
    return text if len(text) <= _MAX_REASON else f"{text[:_MAX_REASON]}…"
