"""The access log: one line for each request, which nothing in the request can forge."""

import logging
import re
from collections.abc import Mapping
from typing import Any

logger = logging.getLogger("service.access")

_LONGEST = 1000  # characters of a target
_SPECIAL = re.compile(r"[^!-~]|\\")  # but for backslashes, what ASCII prints without a space

Client = tuple[str, int] | None


def log_request(
    method: str, target: bytes, client: Client, request_id: str, facts: Mapping[str, Any]
) -> None:
    """Log what became of one request.

    Args:
        method: Its method, empty where it is not known.
        target: As it arrived.
        client: Who asked: address and port.
        request_id: Its id.
        facts: What else is to be told, `status` and `duration_ms` among it.
    """
    written, who = escape(target), _name(client)
    known = {"method": method, "target": written, "client": who, **facts}
    logger.info(
        "%s %s %d %s ms", method or "-", written or "-", facts["status"], facts["duration_ms"],
        extra={"facts": known, "client": who, "request_id": request_id},
    )  # fmt: skip


def _name(client: Client) -> str:
    if client is None:
        return ""
    host, port = client
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def escape(target: bytes) -> str:
    """Return a target in printable ASCII without spaces, cut where it is long."""
    text = target[: _LONGEST + 1].decode("latin-1")
    written = _SPECIAL.sub(lambda found: f"\\x{ord(found[0]):02x}", text[:_LONGEST])
    return f"{written}..." if len(text) > _LONGEST else written
