"""What every page for people has in common: its files, and what its browser may do."""

from pathlib import Path
from typing import TypeVar

import anyio.to_thread
from fastapi.responses import Response

from service.http.assets import Assets, Release

STATIC = Path(__file__).parent.parent / "static"

_GUARDS = {
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",  # it names the files that go with it, which may be others tomorrow
}

Page = TypeVar("Page", bound=Response)


async def look_at_files(assets: Assets) -> Release:
    """Return the files that a page is to load; they may have changed below a running service."""
    return await anyio.to_thread.run_sync(assets.look)


def guard(page: Page, policy: str) -> Page:
    """Have the browser refuse what a page does not need, should an asset ever try it.

    Args:
        page: The page.
        policy: Its Content-Security-Policy.
    """
    page.headers.update({"Content-Security-Policy": policy, **_GUARDS})
    return page
