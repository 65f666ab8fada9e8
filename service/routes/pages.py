"""What every page for people has in common: its files, and what its browser may do."""

from pathlib import Path
from typing import TypeVar

from fastapi import FastAPI
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

STATIC = Path(__file__).parent.parent / "static"

_GUARDS = {
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

Page = TypeVar("Page", bound=Response)


def add_static_files(app: FastAPI) -> None:
    """Serve the files that pages load."""
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)), name="static")


def guard(page: Page, policy: str) -> Page:
    """Have the browser refuse what a page does not need, should an asset ever try it.

    Args:
        page: The page.
        policy: Its Content-Security-Policy.
    """
    page.headers.update({"Content-Security-Policy": policy, **_GUARDS})
    return page
