"""Files of this package, compressed once: each costs tens of milliseconds, at every request."""

import gzip
import os
import re
from collections.abc import Mapping
from pathlib import Path

import anyio.to_thread
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

_LEAST_BYTES = 500  # shorter ones stay in one packet anyway
_TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")
_REFUSED = re.compile(r"q=0(\.0*)?")
_VARY = {"Vary": "Accept-Encoding"}


class CompressedFiles(StaticFiles):
    """A folder of files, which stay in memory as gzip writes them once somebody asked for that.

    Nothing is read that is not in the folder, so the memory is bounded by it.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._compressed: dict[tuple[str, float], bytes] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, compressed where the client takes that."""
        response = await super().get_response(path, scope)
        if not (isinstance(response, FileResponse) and _shrinks(response)):
            return response
        headers = dict(scope["headers"])
        response.headers.update(_VARY)
        if response.status_code != 200 or b"range" in headers or not _takes_gzip(headers):
            return response
        content = await self._compress(str(response.path))
        kept = {name: v for name, v in response.headers.items() if name != "content-length"}
        return Response(content, headers={**kept, "Content-Encoding": "gzip"})

    async def _compress(self, path: str) -> bytes:
        key = path, os.stat(path).st_mtime
        found = self._compressed.get(key)
        if found is None:  # two at a time do it twice, once
            found = self._compressed[key] = await anyio.to_thread.run_sync(_read_compressed, path)
        return found


def _read_compressed(path: str) -> bytes:
    with open(path, "rb") as file:
        return gzip.compress(file.read(), mtime=0)


def _shrinks(response: FileResponse) -> bool:
    size = int(response.headers.get("content-length", "0"))
    return size >= _LEAST_BYTES and response.headers["content-type"].startswith(_TEXTS)


def _takes_gzip(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a client takes gzip (RFC 9110, section 12.5.3)."""
    for item in headers.get(b"accept-encoding", b"").decode("latin-1").lower().split(","):
        coding, _, quality = item.partition(";")
        if coding.strip() == "gzip":
            return not _REFUSED.fullmatch(quality.strip())
    return False
