"""Debian's Chromium, offline, and everything it complains about."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--no-first-run",
]  # fmt: skip


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Run Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "expected Chromium. Received: none. Install it: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


def listen(page: Page) -> list[str]:
    """Return a list that fills with console messages, script errors and foreign requests."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1"))
            else heard.append(request.url)
        ),
    )
    return heard
