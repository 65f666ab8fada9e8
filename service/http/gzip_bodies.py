"""Opens bodies that gzip compressed, a step at a time: a few bytes may stand for gigabytes."""

import io
import zlib

import anyio.to_thread

from service.errors import BodyTooLarge, NotGzip
from service.http.intake import Intake
from service.http.request_context import RequestContext

_FEED_BYTES = 2**16
_STEP_BYTES = 2**20
_MAX_MEMBERS = 1024
_FREE_BYTES = 2**20
"""Up to which any ratio is fine: a small body of equal rows shrinks to a hundredth, or less."""

_WITH_HEADER = 16 + zlib.MAX_WBITS


class _Inflater:
    """Decompresses one body.

    Args:
        content: What gzip wrote: one member or several.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0
        self._members = 1
        self._member = zlib.decompressobj(_WITH_HEADER)

    def read(self, max_bytes: int) -> bytes:
        """Return what comes next, at most so many bytes; nothing at the end.

        Raises:
            NotGzip: It is not what gzip writes.
        """
        while True:
            if self._member.eof and not self._begin_member():
                return b""
            fed = self._member.unconsumed_tail or self._feed()
            try:
                found = self._member.decompress(fed, max_bytes)
            except zlib.error as error:
                raise NotGzip(
                    "expected a body that gzip compressed. Received: another one. "
                    "Compress it with gzip, or leave Content-Encoding away"
                ) from error
            if found:
                return found

    def _begin_member(self) -> bool:
        """Begin with the next member, if there is one."""
        self._position -= len(self._member.unused_data)
        if self._position == len(self._content):
            return False
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise NotGzip(
                f"expected a body that gzip compressed into at most {_MAX_MEMBERS} members. "
                "Received: more. Compress it in one piece"
            )
        self._member = zlib.decompressobj(_WITH_HEADER)
        return True

    def _feed(self) -> bytes:
        fed = self._content[self._position : self._position + _FEED_BYTES]
        if not fed and not self._member.eof:
            raise NotGzip(
                "expected a whole body that gzip compressed. Received: one that ends too soon"
                + ("" if self._content else ": an empty one")
                + ". Send all of it"
            )
        self._position += len(fed)
        return fed


def open_small(content: bytes, max_bytes: int) -> bytes | None:
    """Return what a small body holds, None where that is more than so many bytes.

    Raises:
        NotGzip: It is not what gzip writes.
    """
    inflater = _Inflater(content)
    chunks: list[bytes] = []
    left = max_bytes + 1
    while left and (chunk := inflater.read(left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks) if left else None


async def open_large(
    context: RequestContext, content: bytes, intake: Intake, max_bytes: int
) -> bytes:
    """Return what a body holds, decompressed beside the event loop.

    Args:
        context: The request, which holds what has been decompressed.
        content: Its body.
        intake: What bodies may hold, and how much more than what was sent.
        max_bytes: How many bytes it may hold.

    Raises:
        NotGzip: It is not what gzip writes.
        BodyTooLarge: It holds more, or too much beside what was sent.
        Overloaded: All pending bodies together would have too many bytes.
    """
    inflater = _Inflater(content)
    opened = io.BytesIO()
    allowed = max(_FREE_BYTES, intake.max_gzip_ratio * len(content))
    while chunk := await anyio.to_thread.run_sync(inflater.read, _STEP_BYTES):
        size_bytes = opened.tell() + len(chunk)
        if size_bytes > min(allowed, max_bytes):
            raise BodyTooLarge(
                f"expected a body of at most {min(allowed, max_bytes)} bytes once it is "
                f"decompressed, and {intake.max_gzip_ratio} times what was sent. "
                "Received: more. Send it in several requests, or uncompressed"
            )
        intake.hold(context, len(content) + size_bytes, len(content) + max_bytes)
        opened.write(chunk)
    return opened.getvalue()
