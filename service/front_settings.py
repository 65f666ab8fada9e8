"""Reads where the service is found and whose pages may ask it, as operators write it."""

import re
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from tabuada.showing import show

_SEGMENT = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+"
_ROOT_PATH = re.compile(rf"(?:/{_SEGMENT})+")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_USUAL_PORTS = {"http": 80, "https": 443}


def check_root_path(path: str) -> str:
    """Return a prefix as it is.

    Raises:
        ValueError: It is none, such as `tabuada` or `/tabuada/`.
    """
    if path and not _ROOT_PATH.fullmatch(path):
        raise ValueError(
            "expected a prefix such as /tabuada: a slash first, none at the end, and between them "
            f"letters, digits and .-_~ only. Received: {show(path)}. "
            "Write it as it begins the addresses that clients ask for"
        )
    return path


def parse_hosts(text: str) -> list[str]:
    """Read names with commas between, such as `tabuada.example,*.school.example,10.0.0.7`.

    Returns:
        The names in lower case; none for an empty text.

    Raises:
        ValueError: One of them is no name.
    """
    hosts = [host.lower() for host in _split(text)]
    for host in hosts:
        if not _is_host(host.removeprefix("*.")):
            raise ValueError(
                "expected names without scheme and port, separated by commas, such as "
                "tabuada.example or *.school.example. "
                f"Received: {show(host)}. Leave the setting empty to answer under any name"
            )
    return hosts


def parse_origins(text: str) -> list[str]:
    """Read origins with commas between, such as `https://school.example,http://localhost:3000`.

    Raises:
        ValueError: One of them is none, or not written as browsers send it.
    """
    origins = _split(text)
    for origin in origins:
        written = _write_origin(origin)
        if written == origin:
            continue
        advice = f"Write {written}" if written else "Name each; there is no sign for all"
        raise ValueError(
            "expected origins as browsers send them, separated by commas, such as "
            "https://school.example or http://localhost:3000, without a path or a usual port. "
            f"Received: {show(origin)}. {advice}"
        )
    return origins


def _split(text: str) -> list[str]:
    return [part for part in map(str.strip, text.split(",")) if part]


def _write_origin(text: str) -> str | None:
    """Return an origin as browsers write it; None where the text is none of one."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    if parts.scheme not in _USUAL_PORTS or "@" in parts.netloc or not _is_host(host):
        return None
    if port in (None, _USUAL_PORTS[parts.scheme]):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def _is_host(host: str) -> bool:
    if host.startswith("[") and host.endswith("]"):
        try:
            return str(IPv6Address(host[1:-1])) == host[1:-1]
        except ValueError:
            return False
    return _NAME.fullmatch(host) is not None
