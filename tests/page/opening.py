"""Opens a view of the page in a window of its own, and looks whether everybody can use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from tests.browser import Visit

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
LOOKS = pytest.mark.parametrize(
    "look",
    [
        {"locale": "en-US", "color_scheme": "light", "viewport": DESKTOP},
        {"locale": "pt-BR", "color_scheme": "dark", "viewport": DESKTOP},
        {"locale": "en-US", "color_scheme": "dark", "viewport": PHONE},
        {"locale": "pt-BR", "color_scheme": "light", "viewport": PHONE},
    ],
    ids=["english light desktop", "portuguese dark desktop", "english dark phone",
         "portuguese light phone"],
)  # fmt: skip


@contextmanager
def open_view(browser: Browser, url: str, view: str, **options: Any) -> Iterator[Visit]:
    """Open a view.

    Args:
        browser: The browser.
        url: The service.
        view: What the address says after `#/`, such as `models?model=mlp`.
        options: Of the window; in English where it names no other locale.
    """
    visit = Visit(browser, url, **{"locale": "en-US", "reduced_motion": "reduce", **options})
    try:
        visit.page.goto(f"{url}/#/{view}")
        yield visit
    finally:
        visit.close()


def check_look(visit: Visit) -> None:
    """Make sure that axe finds nothing, nothing scrolls sideways, and nobody complained."""
    page = visit.page
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    check_quiet(visit)


def check_quiet(visit: Visit) -> None:
    """Make sure that nothing went wrong, and that nobody else was asked."""
    assert visit.complaints == []
    assert visit.strangers == []


def slow_down(page: Page, pattern: str) -> None:
    """Make the service take 2.5 seconds for the addresses that fit a pattern."""

    def wait(route: Route) -> None:
        page.wait_for_timeout(2500)
        route.continue_()

    page.route(pattern, wait)


def run_module(page: Page, module: str, body: str, argument: Any = None) -> Any:
    """Return what a function makes of a module of the page.

    Args:
        page: A page of the service.
        module: Path below `static/page/`.
        body: What to return, with the module as `module` and the argument as `given`.
        argument: Anything JSON can hold.
    """
    code = f"given => import('/static/page/{module}').then(module => {body})"
    return page.evaluate(code, argument)
