"""Opens the view Explore, and reads what it shows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Route
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser import Visit
from tests.service.serving import ROOT

DRAWN = ".explore-mark[x]"


@contextmanager
def explore(browser: Browser, url: str, choice: str = "", **options: Any) -> Iterator[Visit]:
    """Open the view in a window of its own, and wait for its maps.

    Args:
        browser: The browser.
        url: The service.
        choice: What the address says after the view's name, such as `?model=mlp`.
        options: Of the window.
    """
    visit = Visit(browser, url, **{"locale": "en-US", "reduced_motion": "reduce", **options})
    answer_records(visit.page)
    visit.page.goto(f"{url}/#/explore{choice}")
    try:
        wait_for_maps(visit)
        yield visit
    finally:
        visit.close()


def wait_for_maps(visit: Visit) -> None:
    """Wait until a map is drawn, and tell what is shown instead where none ever is."""
    try:
        visit.page.locator(DRAWN).first.wait_for(state="attached")
    except PlaywrightTimeout as error:
        shown = visit.page.inner_text("body")
        raise AssertionError(f"no map in {shown!r}; complaints: {visit.complaints}") from error


def answer_records(page: Page) -> None:
    """Answer the files of training from the store: the service does not serve them yet."""
    page.route("**/files/training/*", _answer_record)


def _answer_record(route: Route) -> None:
    model, version, name = re.findall(
        r"models/(\w+)/versions/(\d+)/files/training/([\w.]+)$", route.request.url
    )[0]
    file = ROOT / "artifacts" / model / version / "training" / name
    route.fulfill(content_type="text/csv", body=file.read_bytes())


def read_rows(page: Page, table: str) -> list[list[str]]:
    """Return the words of a table's body, row by row."""
    rows = page.locator(f"{table} tbody tr").all()
    return [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows]
