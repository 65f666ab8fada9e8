"""Opens a view of the page in a window of its own, and looks whether everybody can use it."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from tests.browser import Visit
from tests.service.serving import ROOT

PICTURES = ROOT / "ci-output" / "screenshots"
_taken: Counter[str] = Counter()
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def _look(locale: str, scheme: str, viewport: dict[str, int], *marks: pytest.MarkDecorator) -> Any:
    look = {"locale": locale, "color_scheme": scheme, "viewport": viewport}
    return pytest.param(look, id=f"{locale} {scheme} {viewport['width']}", marks=marks)


# Either language, scheme and width in the default suite, their other combinations in the slow one.
LOOKS = pytest.mark.parametrize(
    "look",
    [
        _look("en-US", "light", DESKTOP),
        _look("pt-BR", "dark", PHONE),
        _look("en-US", "dark", PHONE, pytest.mark.slow),
        _look("pt-BR", "light", PHONE, pytest.mark.slow),
        _look("pt-BR", "dark", DESKTOP, pytest.mark.slow),
    ],
)


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
    except Exception as error:
        error.add_note(f"LogOnce: {visit.complaints}. Shown: {visit.page.inner_text('body')}")
        raise
    finally:
        visit.close()


def check_look(visit: Visit) -> None:
    """Make sure that axe finds nothing, nothing scrolls sideways, and nobody complained.

    What it looks like is kept below `ci-output/`, for people.
    """
    page = visit.page
    _keep_picture(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    check_quiet(visit)


def _keep_picture(page: Page) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = os.environ["PYTEST_CURRENT_TEST"].removesuffix(" (call)").removesuffix("@browser")
    test = re.sub(r"\W+", "-", name)
    _taken[test] += 1
    page.screenshot(path=PICTURES / f"{test}{_taken[test]}.png", full_page=True)


def check_quiet(visit: Visit) -> None:
    """Make sure that nothing went wrong, and that nobody else was asked."""
    assert visit.complaints == []
    assert visit.strangers == []


@contextmanager
def held_back(page: Page, pattern: str) -> Iterator[None]:
    """Keep what the service says to addresses that fit a pattern, until the block ends."""
    held: list[Route] = []
    over = False

    def hold(route: Route) -> None:
        if over:
            route.continue_()
        else:
            held.append(route)

    page.route(pattern, hold)
    yield
    over = True
    for route in held:
        route.continue_()
