"""The files of an object store, with one kind of error whatever keeps it from answering."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from obstore.exceptions import AlreadyExistsError

from tabuada.artifacts.storage.object_stores import open_object_store, shorten_error
from tabuada.errors import CorruptArtifact, StoreUnreachable, TabuadaError

if TYPE_CHECKING:  # there is no such name when the code runs
    from obstore import ObjectMeta

_AT_ONCE = 16  # transfers
_CHUNK_BYTES = 2**20
_ANSWER_S = 15.0  # for what is small; a server that accepts and says nothing must not hold up more

T = TypeVar("T")


class RemoteFiles:
    """Files below a URL, by their paths relative to it.

    Every method raises StoreUnreachable where the other side does not answer or refuses to.

    Args:
        url: Where they are, such as `s3://bucket/folder`.

    Raises:
        BadLocation: The URL is none of an object store.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._store = open_object_store(url)

    def locate(self, path: str) -> str:
        """Return the URL of a path."""
        return f"{self.url}/{path}"

    def look(self, path: str) -> "ObjectMeta | None":
        """Return what is known of a file; None where there is none."""
        with contextlib.suppress(FileNotFoundError), self._explain(path):
            return _wait_for(partial(self._store.head, path), _ANSWER_S)
        return None

    def list_names(self, path: str) -> list[str]:
        """Return the names right below a path; none where nothing is there."""
        with self._explain(path):
            found = _wait_for(partial(self._store.list_with_delimiter, path), _ANSWER_S)
        paths = [*found["common_prefixes"], *(facts["path"] for facts in found["objects"])]
        return [path.rpartition("/")[2] for path in paths]

    def find(self, path: str) -> "dict[str, ObjectMeta]":
        """Return what is known of every file below a path, by its path below that."""
        with self._explain(path):
            found = _wait_for(partial(self._list, path), _ANSWER_S)
        return {facts["path"].removeprefix(f"{path}/"): facts for facts in found}

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the content of a small file.

        Raises:
            FileNotFoundError: There is none.
            CorruptArtifact: It is larger; nothing of it was read.
        """
        with self._explain(path):
            return _wait_for(partial(self._read, path, max_bytes), _ANSWER_S)

    def download(self, targets: dict[str, tuple[Path, int]]) -> None:
        """Copy files to this machine, several at a time and in pieces.

        Args:
            targets: Where each goes, in a folder that is there, and how many bytes it has at most.

        Raises:
            FileNotFoundError: One of them is not there.
            CorruptArtifact: One of them is larger; nothing of it was copied.
        """
        copies = [(path, target, size_bytes) for path, (target, size_bytes) in targets.items()]
        _call_several(self._download, copies)

    def write(self, contents: dict[str, bytes]) -> None:
        """Write files, several at a time, over what was there."""
        _call_several(self._write, contents.items())

    def create(self, path: str, content: bytes) -> None:
        """Write a file where none is.

        Raises:
            FileExistsError: One is there.
        """
        with self._explain(path):
            _wait_for(partial(self._store.put, path, content, mode="create"))

    def remove(self, paths: list[str]) -> None:
        """Remove files, one after the other; one that is gone already is no error."""
        for path in paths:
            with contextlib.suppress(FileNotFoundError), self._explain(path):
                _wait_for(partial(self._store.delete, path))

    def _list(self, path: str) -> "Sequence[ObjectMeta]":
        return self._store.list(path).collect()

    def _read(self, path: str, max_bytes: int) -> bytes:
        return b"".join(self._stream(path, max_bytes))

    def _download(self, path: str, target: Path, max_bytes: int) -> None:
        with target.open("wb") as file:
            for chunk in self._stream(path, max_bytes):
                file.write(chunk)

    def _write(self, path: str, content: bytes) -> None:
        with self._explain(path):
            self._store.put(path, content)

    def _stream(self, path: str, max_bytes: int) -> Iterator[bytes]:
        with self._explain(path):
            found = self._store.get(path)
            if found.meta["size"] > max_bytes:
                raise CorruptArtifact(
                    f"expected at most {max_bytes} bytes. "
                    f"Received: {self.locate(path)} with {found.meta['size']}"
                )
            for chunk in found.stream(_CHUNK_BYTES):
                yield bytes(chunk)

    @contextlib.contextmanager
    def _explain(self, path: str) -> Iterator[None]:
        """Turn what the library raises into Python's errors, and into one that says where."""
        try:
            yield
        except (TabuadaError, FileExistsError):
            raise
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"expected a file at {self.locate(path)}. Received: none"
            ) from error
        except AlreadyExistsError as error:
            raise FileExistsError(
                f"expected no file at {self.locate(path)}. Received: one that is there"
            ) from error
        except Exception as error:
            raise StoreUnreachable(
                f"expected the store at {self.url} to answer. Received: {shorten_error(error)}. "
                "Check its address, the credentials and the network"
            ) from error


def _wait_for(call: Callable[[], T], timeout_s: float | None = None) -> T:
    """Return what a call returns, having made it in a thread of its own.

    Where it takes longer than that, TimeoutError is raised, and the library ends the call later.

    In this one it would hold signals back until it is over, which is minutes where nobody answers.
    The library's asynchronous calls would not; but their answers come from threads of its own,
    which abort the process where they meet the end of the interpreter.
    """
    future = _start(call)
    try:
        return future.result(timeout_s)
    except TimeoutError as error:
        if future.done():  # its own
            raise
        raise TimeoutError(f"no answer within {timeout_s:g} s") from error


def _start(call: Callable[[], T]) -> "Future[T]":
    """Begin a call in a thread that the end of the program does not wait for."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def _call_several(transfer: Callable[..., None], several: Iterable[tuple[Any, ...]]) -> None:
    """Call a function with each of several arguments, some at a time; the first error ends it."""
    several = list(several)
    waiting = iter(several)

    def run() -> None:
        try:
            for arguments in waiting:  # each goes to whoever is free
                transfer(*arguments)
        except BaseException:
            deque(waiting, maxlen=0)  # nobody begins another
            raise

    calls = [_start(run) for _ in range(min(_AT_ONCE, len(several)))]
    errors = [error for call in calls if (error := call.exception())]
    if errors:
        raise errors[0]
