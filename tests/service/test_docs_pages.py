"""`/docs` and `/redoc` in a real browser that reaches nothing but this machine."""

import pytest
from playwright.sync_api import Browser

from tests.browser import Visit
from tests.service.serving import Server


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/docs", ".opblock-summary-path:has-text('/predict')"), ("/redoc", "h2:has-text('network')")],
)
def test_page_renders_without_internet(
    browser: Browser, server: Server, path: str, shown: str
) -> None:
    visit = Visit(browser, server.url)
    visit.page.goto(server.url + path)
    visit.page.wait_for_selector(shown)
    visit.page.wait_for_load_state("networkidle")
    assert visit.complaints == []
    assert visit.strangers == []
    assert len(visit.asked) >= 3
    visit.close()
