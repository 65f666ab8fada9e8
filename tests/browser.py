"""A real browser that reaches nothing but this machine, and remembers what went wrong."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--no-first-run",
    # No name resolves but that of this machine, whatever a page may try.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip
LATE_MS = 120_000.0  # bounds a failure: on a busy machine, what is waited for comes late
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@contextmanager
def start_browser() -> Iterator[Browser]:
    """Run Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def find_chromium() -> str:
    """Return the program: the headless shell, where it is, takes half the processor time."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    assert program, f"expected one of {', '.join(_PROGRAMS)}. Received: none. Install one"
    return program


class Visit:
    """One page in a window of its own.

    Args:
        browser: The browser.
        home: Addresses that begin otherwise are strangers. No name of theirs resolves.
        options: Of the window: locale, viewport, color_scheme.

    Attributes:
        page: The page.
        complaints: Errors of the console and of scripts, and addresses that were not found.
        strangers: Addresses elsewhere that it asked for.
        asked: All addresses it asked for.
    """

    def __init__(self, browser: Browser, home: str, **options: Any) -> None:
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.asked: list[str] = []
        self._home = home
        self._context = browser.new_context(**options)
        self._context.set_default_timeout(LATE_MS)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._note_response)
        self.page.on("request", self._note_request)

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def _note_request(self, request: Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith((self._home, "data:", "blob:")):
            self.strangers.append(request.url)

    def _note_console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _note_response(self, response: Response) -> None:
        if response.status == 404:
            self.complaints.append(f"not found: {response.url}")
