"""An application in the test's own process, asked as clients ask it."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from service.app import create_app
from service.settings import read_settings


def ask_app(artifacts: str | Path, requests: list[httpx.Request], **settings: Any) -> list[Any]:
    """Return the answers of an application that has loaded nothing, in order.

    Args:
        artifacts: Its store.
        requests: For any host.
        settings: Settings by lower-case name.
    """
    app = create_app(read_settings(artifacts=str(artifacts), **settings))

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return [await client.send(request) for request in requests]

    return asyncio.run(ask())
