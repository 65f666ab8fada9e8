"""What the head of a request has to say, beyond what the parser asks for (RFC 9110 and 9112)."""

import ipaddress
import re
from typing import NamedTuple

from service.errors import (
    InvalidHost,
    MalformedHttp,
    UnknownCoding,
    UnknownMethod,
    UnmetExpectation,
    UnsupportedVersion,
)
from service.wording import shorten

Headers = list[tuple[bytes, bytes]]

NOTED = frozenset({b"host", b"transfer-encoding", b"expect"})
"""The headers that a head is judged by."""

ALL = b"*"
"""The target that means the service as a whole."""

_NAME = rb"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
_HOST = re.compile(rb"(?:\[([0-9A-Fa-f:.]+)\]|(%b))(?::([0-9]{0,5}))?" % _NAME)
_ABSOLUTE = re.compile(rb"https?://([^/?]*)(/?[^?]*)(\?.*)?", re.IGNORECASE | re.DOTALL)
_LAST_PORT = 65_535


class Head(NamedTuple):
    """What a head that keeps to the rules means.

    Attributes:
        address: Path and query, or `*`.
        host: What takes the place of its Host, None where that stays.
        chunked: Whether its body comes in chunks.
        continues: Whether the client waits for `100 Continue`.
    """

    address: bytes
    host: bytes | None
    chunked: bool
    continues: bool


def read_head(method: bytes, target: bytes, version: str, noted: Headers) -> Head:
    """Hold a head to the rules.

    Args:
        method: As the parser knows it.
        target: As it came.
        version: Such as `1.1`.
        noted: The headers of the names in `NOTED`, in lower case.

    Raises:
        RefusedConnection: It breaks one.
    """
    if version not in ("1.1", "1.0"):
        raise refuse_version(f"HTTP/{version}")
    if method == b"CONNECT":
        raise refuse_method(method)
    address, host = _read_target(method, target)
    _check_host(version, [value for name, value in noted if name == b"host"])
    chunked = _read_codings(version, [value for n, value in noted if n == b"transfer-encoding"])
    expected = b",".join(value for name, value in noted if name == b"expect")
    continues = _read_expectations(expected) and version == "1.1"
    return Head(address, host, chunked, continues)


def refuse_version(received: str) -> UnsupportedVersion:
    """Return the refusal of a version of HTTP."""
    return UnsupportedVersion(
        f"expected HTTP/1.1 or HTTP/1.0. Received: {shorten(received)}. Ask in one of these"
    )


def refuse_method(received: bytes) -> UnknownMethod:
    """Return the refusal of a method."""
    return UnknownMethod(
        "expected a method that this service knows, such as GET or POST, in capitals. "
        f"Received: {shorten(received.decode('latin-1'))}. The addresses at /docs name theirs"
    )


def _check_host(version: str, hosts: list[bytes]) -> None:
    if len(hosts) > 1 or (version == "1.1" and not hosts):
        raise InvalidHost(
            f"expected one header Host, as HTTP/1.1 asks for. Received: {len(hosts) or 'none'}. "
            "Send it once"
        )
    if hosts and hosts[0] and not _is_host(hosts[0]):
        raise InvalidHost(
            "expected Host to be a name or an address, and a port if need be, such as "
            f"localhost:8000. Received: {shorten(hosts[0].decode('latin-1'))}. Send the one that "
            "is asked for"
        )


def _is_host(text: bytes) -> bool:
    """Return whether a text is a host and perhaps a port (RFC 3986, 3.2.2), with a name to it."""
    found = _HOST.fullmatch(text)
    if found is None or int(found[3] or 0) > _LAST_PORT:
        return False
    if found[1] is None:
        return bool(found[2])
    try:
        ipaddress.IPv6Address(found[1].decode("ascii"))
    except ValueError:
        return False
    return True


def _read_target(method: bytes, target: bytes) -> tuple[bytes, bytes | None]:
    """Return the address that a target means, and the host that it names (RFC 9112, 3.2)."""
    if target.startswith(b"/") and b"#" not in target:
        return target, None
    if target == ALL and method == b"OPTIONS":
        return ALL, None
    found = _ABSOLUTE.fullmatch(target)
    if found is None or not _is_host(found[1]) or b"#" in target:
        raise MalformedHttp(
            "expected a path such as /predict, or a whole address such as "
            f"http://localhost:8000/predict. Received: {shorten(target.decode('latin-1'))}. "
            "Leave users and fragments away"
        )
    host, path, query = found[1], found[2], found[3] or b""
    if not path and not query and method == b"OPTIONS":
        return ALL, host
    return (path or b"/") + query, host


def _read_codings(version: str, lines: list[bytes]) -> bool:
    """Return whether a body comes in chunks, the one coding that is known (RFC 9112, 6.1)."""
    if not lines:
        return False
    if version == "1.0":
        raise MalformedHttp(
            "expected no Transfer-Encoding in HTTP/1.0, which does not know it. Received: one. "
            "Send Content-Length, or ask in HTTP/1.1"
        )
    codings = [coding.strip(b" \t").lower() for coding in b",".join(lines).split(b",")]
    if codings == [b"chunked"]:
        return True
    received = shorten(", ".join(coding.decode("latin-1") for coding in codings))
    if b"" in codings or b"chunked" in codings[:-1]:
        raise MalformedHttp(
            f"expected chunked to be the last transfer coding. Received: {received}. "
            "Send chunked alone, or Content-Length"
        )
    raise UnknownCoding(
        f"expected chunked as the only transfer coding. Received: {received}. "
        "Send the content as it is"
    )


def _read_expectations(text: bytes) -> bool:
    """Return whether a client waits for `100 Continue` (RFC 9110, 10.1.1)."""
    members = [member.strip(b" \t").lower() for member in text.split(b",")]
    unknown = [member for member in members if member not in (b"", b"100-continue")]
    if unknown:
        raise UnmetExpectation(
            "expected no expectation but 100-continue. "
            f"Received: {shorten(unknown[0].decode('latin-1'))}. Leave Expect away"
        )
    return b"100-continue" in members
