"""A browser that has been here before runs the page of today, whatever it has kept."""

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tabuada.artifacts.store import Store
from tests.browser import ARGUMENTS, LATE_MS, find_chromium
from tests.ports import hold_port
from tests.service.serving import ROOT, Server

_LONG_AGO = int(time.time()) - 116 * 24 * 3600  # by the usual tenth, fresh for eleven days
_VIEWS = {
    "calculate": "Calculate",
    "practise": "Practise",
    "explore": "Explore",
    "models": "Models",
}  # with their headings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the service, as an image has it, whose modules say that they are old."""
    root = tmp_path / "root"
    for package in ("service", "tabuada"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, root / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", root)
    mark(root, "old")
    return root


def mark(root: Path, name: str) -> None:
    """Have each module of the page note a name of three letters; sizes and times stay the same."""
    for file in (root / "service" / "static" / "page").rglob("*.js"):
        if file.parent.name != "lib":
            text = re.sub(r"^\(globalThis\.ran .*\n", "", file.read_text("utf-8"))
            file.write_text(f'(globalThis.ran ??= []).push("{name}");\n{text}', "utf-8")
        os.utime(file, (_LONG_AGO, _LONG_AGO))


@contextmanager
def serve_copy(root: Path, store: Store, port: int = 0) -> Iterator[str]:
    """Run the copy, and return its address."""
    kind = type("Copy", (Server,), {"root": root})
    server: Server = kind(store.location, root.parent / "log", port=port)
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def open_profile(browser: Browser, profile: Path) -> Iterator[BrowserContext]:
    """Run a browser whose profile outlives it."""
    start = browser.browser_type.launch_persistent_context
    context = start(profile, executable_path=find_chromium(), args=ARGUMENTS)
    yield context
    context.close()


def wait_shown(page: Page, view: str) -> None:
    """Wait for a view's heading, which it draws once all of its modules have run.

    That the network is idle proves nothing: it is so before the view is asked for.
    """
    page.wait_for_selector(f"main h1:text-is('{_VIEWS[view]}')")


def run_page(context: BrowserContext, url: str) -> set[str]:
    """Open the page in a new tab, and all of its views; return what its modules noted."""
    page = context.new_page()
    page.set_default_timeout(LATE_MS)
    page.goto(url)
    for view in _VIEWS:
        page.click(f"nav a[href='#/{view}']")
        wait_shown(page, view)
    noted: list[str] = page.evaluate("globalThis.ran")
    page.close()
    assert len(noted) > 40
    return set(noted)


@pytest.mark.slow
def test_browser_runs_the_new_page_after_an_upgrade(
    browser: Browser, root: Path, store: Store, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with hold_port() as port:
        with serve_copy(root, store, port) as url, open_profile(browser, profile) as context:
            assert run_page(context, url) == {"old"}
            mark(root, "new")  # below the running service, as an upgrade in place does it
            assert run_page(context, url) == {"new"}
        mark(root, "now")
        with serve_copy(root, store, port) as url, open_profile(browser, profile) as context:
            assert run_page(context, url) == {"now"}


class _Silent(SimpleHTTPRequestHandler):
    """What the service once was: it says when files changed, and not how long they may be kept."""

    def translate_path(self, path: str) -> str:
        return super().translate_path("/static/page/index.html" if path == "/" else path)

    def end_headers(self) -> None:
        if self.path == "/":
            self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_silently(root: Path, port: int) -> Iterator[str]:
    handler = partial(_Silent, directory=str(root / "service"))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{port}"
        server.shutdown()


@pytest.mark.slow
def test_browser_runs_the_new_page_after_a_release_that_said_nothing_of_caching(
    browser: Browser, root: Path, store: Store, tmp_path: Path
) -> None:
    with hold_port() as port, open_profile(browser, tmp_path / "profile") as context:
        with serve_silently(root, port) as url:
            assert run_page(context, url) == {"old"}
            mark(root, "new")
            assert run_page(context, url) == {"old"}  # that is what browsers make of it
        with serve_copy(root, store, port) as upgraded:
            assert upgraded == url
            assert run_page(context, url) == {"new"}


def test_open_page_of_the_old_release_offers_to_load_the_new_one(
    browser: Browser, root: Path, store: Store
) -> None:
    with serve_copy(root, store) as url:
        page = browser.new_page()
        page.set_default_timeout(LATE_MS)
        page.goto(url)
        wait_shown(page, "calculate")
        mark(root, "new")
        httpx.get(url)  # another visitor
        page.click("nav a[href='#/practise']")
        page.click("text=Try again")
        wait_shown(page, "practise")
        assert set(page.evaluate("globalThis.ran")) == {"new"}
        page.close()
