"""Who may ask: keys that requests must bring, where any are set."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI

from service.errors import Unauthorized

ADMIN = "/admin/"
"""The addresses of administrators, who have keys of their own."""

_BEARER = b"bearer "


class KeyRing:
    """Some keys, any of which opens.

    Args:
        keys: The keys; none lets everybody in.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        # Digests are of one length, so that comparing them tells nothing of a key's.
        self._digests = [_digest(key.encode()) for key in keys]

    def __bool__(self) -> bool:
        return bool(self._digests)

    def check(self, headers: Mapping[bytes, bytes]) -> None:
        """Let a request in.

        Args:
            headers: Its headers, by lower-case name.

        Raises:
            Unauthorized: It brings no key, or none of these.
        """
        if not self._digests:
            return
        key = _read_key(headers)
        if key is None:
            raise Unauthorized(
                "expected an API key. Received: none. "
                "Send it as X-API-Key, or as Authorization: Bearer"
            )
        found = _digest(key)
        # All of them are compared, so that the time tells nothing of which one fits.
        fitting = [hmac.compare_digest(found, digest) for digest in self._digests]
        if not any(fitting):
            raise Unauthorized(
                "expected an API key that is in use. Received: another one. "
                "Ask the operator for a current one"
            )


def describe_keys(app: FastAPI, *, everywhere: bool) -> None:
    """Say in the OpenAPI description which requests must bring a key, and how.

    Args:
        app: The application.
        everywhere: Whether all must, not those of administrators alone.
    """
    describe = app.openapi

    def describe_guarded() -> dict[str, Any]:
        description = describe()
        schemes = {
            "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "bearer": {"type": "http", "scheme": "bearer"},
        }
        security: list[dict[str, list[str]]] = [{name: []} for name in schemes]
        guarded = [item for path, item in description["paths"].items() if path.startswith(ADMIN)]
        for item in guarded:
            for operation in item.values():
                operation["security"] = security
        if everywhere:
            description["security"] = security
        if everywhere or guarded:
            description["components"]["securitySchemes"] = schemes
        return description

    app.openapi = describe_guarded  # type: ignore[method-assign]


def _read_key(headers: Mapping[bytes, bytes]) -> bytes | None:
    key = headers.get(b"x-api-key")
    if key is None:
        authorization = headers.get(b"authorization", b"")
        if authorization[: len(_BEARER)].lower() == _BEARER:
            key = authorization[len(_BEARER) :].strip()
    return key or None


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()
