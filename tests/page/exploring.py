"""Opens the view Explore, and reads what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser import Visit
from tests.page.opening import open_view

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
    with open_view(browser, url, f"explore{choice}", **options) as visit:
        visit.page.locator(DRAWN).first.wait_for(state="attached")
        yield visit


def read_rows(page: Page, table: str) -> list[list[str]]:
    """Return the words of a table's body, row by row."""
    rows = page.locator(f"{table} tbody tr").all()
    return [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows]
