"""Practises as a learner does: in a browser, mostly by keyboard."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.browser import Visit
from tests.page.opening import check_quiet, open_view
from tests.page.replay import compute

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRESS = "tabuada.practise"


@contextmanager
def visit(browser: "Browser", home: str, query: str = "", **options: Any) -> Iterator[Visit]:
    """Open the view in a window of its own; nothing may have gone wrong by the end."""
    with open_view(browser, home, f"practise?{query}", **options) as visited:
        visited.page.wait_for_selector("form.practise-setup")
        yield visited
        check_quiet(visited)


def begin(page: "Page") -> None:
    """Start a session, by keyboard."""
    start = page.locator("form.practise-setup button[type=submit]")
    for _ in range(40):
        if start.evaluate("(button) => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".practise-question")


def shown_exercise(page: "Page") -> dict[str, Any]:
    """Return the exercise that is shown."""
    kept: dict[str, Any] = json.loads(
        page.evaluate("sessionStorage.getItem('tabuada.practise.session')")
    )
    exercise: dict[str, Any] = kept["exercise"]
    return exercise


def answer(page: "Page", mark: str = ".", error: int = 0) -> dict[str, Any]:
    """Type the answer of the exercise that is shown, off by an error, and have it checked."""
    page.wait_for_function(
        "document.activeElement.matches('.practise-question input:not([readonly])')"
    )
    exercise = shown_exercise(page)
    exact, remainder = compute(exercise)
    # Every answer ends, so the division by the denominator is exact.
    number = Decimal(exact.numerator) / exact.denominator + error
    page.keyboard.type(f"{number:f}".replace(".", mark))
    page.keyboard.press("Enter")
    if remainder is not None:
        page.keyboard.type(str(remainder))
        page.keyboard.press("Enter")
    page.wait_for_selector(".practise-after")
    return exercise


def kept_progress(page: "Page") -> dict[str, Any]:
    """Return the progress that the browser keeps."""
    kept: dict[str, Any] = json.loads(page.evaluate(f"localStorage.getItem('{PROGRESS}')"))
    return kept
