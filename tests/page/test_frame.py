"""The frame of the page: how little its first view loads, and which language it speaks."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page.opening import check_quiet, open_view
from tests.service.serving import Server

LIMIT_BYTES = 300_000  # as compressed on the way


def count_bytes(page: Page) -> int:
    """Return how many bytes came over the wire for the page and all it loaded, headers too."""
    size: int = page.evaluate(
        "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
        ".reduce((sum, entry) => sum + entry.transferSize, 0)"
    )
    return size


@pytest.mark.parametrize("view", ["calculate", "models"])
def test_first_view_loads_little(browser: Browser, site: Server, view: str) -> None:
    with open_view(browser, site.url, view) as visit:
        visit.page.get_by_role("heading", level=2).first.wait_for()
        visit.page.wait_for_load_state("networkidle")
        size = count_bytes(visit.page)
        assert 10_000 < size < LIMIT_BYTES
        loaded = {url.rsplit("/", 1)[1] for url in visit.asked}
        assert not {"plot.js", "d3.js", "ts-fsrs.js"} & loaded  # those of the other views
        check_quiet(visit)


def test_language_is_the_browsers_until_another_is_chosen(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "", locale="pt-BR") as visit:
        page = visit.page
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("Calcular")
        assert page.evaluate("document.documentElement.lang") == "pt-BR"
        page.get_by_label("Idioma").select_option("en")
        expect(heading).to_have_text("Calculate")
        expect(page.get_by_role("heading", level=2)).to_contain_text("6.3")
        page.reload()
        expect(heading).to_have_text("Calculate")
        assert page.title() == "Calculate · Tabuada"
        check_quiet(visit)


def test_links_of_the_frame_lead_by_keyboard(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "models") as visit:
        page = visit.page
        page.get_by_role("heading", level=1).wait_for()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.get_by_role("link", name="Calculate", exact=True).press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Calculate")
        expect(page.locator("main")).to_be_focused()
