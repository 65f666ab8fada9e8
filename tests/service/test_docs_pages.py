"""`/docs` and `/redoc` in a real browser that reaches nothing but this machine."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Route, sync_playwright

from tests.service.serving import Server

_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--no-first-run",
    # No name resolves but that of this machine, whatever a page may try.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "expected Chromium. Received: none. Install it: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/docs", ".opblock-summary-path:has-text('/predict')"), ("/redoc", "h2:has-text('network')")],
)
def test_page_renders_without_internet(
    browser: Browser, server: Server, path: str, shown: str
) -> None:
    asked: list[str] = []
    complaints: list[str] = []

    def pass_on(route: Route) -> None:
        asked.append(route.request.url)
        if route.request.url.startswith((server.url, "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    page = browser.new_page()
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", pass_on)
    page.goto(server.url + path)
    page.wait_for_selector(shown, timeout=20_000)
    page.wait_for_load_state("networkidle")
    assert complaints == []
    assert len(asked) >= 3
    strangers = [url for url in asked if not url.startswith((server.url, "data:", "blob:"))]
    assert strangers == []
    page.close()
