"""The model card in a real browser: all of it is shown, and none of it runs."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, expect

from tests.browser import Visit
from tests.page.opening import check_quiet, open_view
from tests.page.several import EVERYTHING
from tests.service.serving import ROOT, Server
from tests.shipped import copy_first_versions


def read_card_twice(visit: Visit, source: str) -> tuple[list[list[str]], list[list[str]]]:
    """Return the elements of the card, as shown here and as another reader of Markdown has them."""
    page = visit.page
    page.locator(".models-card").wait_for()
    page.evaluate(
        "html => document.body.insertAdjacentHTML('beforeend', `<div id=other>${html}</div>`)",
        MarkdownIt().enable("table").render(source),
    )
    read = """selector => [...document.querySelector(selector).querySelectorAll(
        'h1, h2, h3, h4, h5, h6, p, li, th, td, code, strong, em, pre, ol, ul')].map(e => [
        e.tagName.replace(/H./, 'H'), e.matches('ol, ul') ? e.children.length
        : e.textContent.replace(/\\s+/g, ' ').trim()])"""
    return page.evaluate(read, ".models-card"), page.evaluate(read, "#other")


@pytest.mark.parametrize("model", ["mlp", "arithmetic"])
def test_card_that_ships_says_what_another_reader_reads(
    browser: Browser, site: Server, model: str
) -> None:
    source = (ROOT / "artifacts" / model / "1" / "MODEL_CARD.md").read_text("utf-8")
    with open_view(browser, site.url, f"models?model={model}") as visit:
        found, expected = read_card_twice(visit, source)
    assert len(expected) > 80
    assert found == expected


def test_card_with_everything_says_what_another_reader_reads(
    browser: Browser, several: Server
) -> None:
    with open_view(browser, several.url, "models?version=1") as visit:
        found, expected = read_card_twice(visit, EVERYTHING)
    assert len(expected) == 20
    assert found == expected


def test_card_that_means_harm_is_read_as_letters(browser: Browser, several: Server) -> None:
    with open_view(browser, several.url, "models?model=mlp&version=3") as visit:
        card = visit.page.locator(".models-card")
        card.wait_for()
        assert visit.page.title() == "Models · Tabuada"
        assert card.locator("img, script, a, i, b").count() == 0
        text = card.inner_text()
        for part in ("onerror", "<script>", "(javascript:", "<i onclick=alert(1)>", "<b>"):
            assert part in text
        assert card.locator("tr").last.locator("td").count() == 2
        check_quiet(visit)


def test_damaged_card_hides_nothing_else(browser: Browser, tmp_path: Path) -> None:
    copy_first_versions(tmp_path / "artifacts")
    (tmp_path / "artifacts/mlp/1/MODEL_CARD.md").write_text("# Better than it is")
    server = Server(tmp_path / "artifacts", tmp_path / "log", default_model="arithmetic")
    try:
        server.wait_ready()
        with open_view(browser, server.url, "models?model=mlp") as visit:
            page = visit.page
            expect(page.get_by_text("The model card cannot be read")).to_be_visible()
            expect(page.get_by_text("None of its versions answers yet")).to_be_visible()
            assert page.get_by_role("cell", name="0.0111").count() == 1
            assert "Better than it is" not in page.locator("main").inner_text()
    finally:
        server.stop()
