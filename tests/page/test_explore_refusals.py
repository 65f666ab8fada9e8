"""Explore where the service has little, is slow, refuses or is gone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tabuada.artifacts.store import Store
from tests.page.exploring import DRAWN
from tests.page.opening import check_quiet, held_back, open_view
from tests.service.serving import Server
from tests.service.tiny import fit_network, publish_tiny


def test_service_begins_with_nothing_then_has_little_then_is_gone(
    browser: Browser, tmp_path: Path
) -> None:
    store = Store(tmp_path / "artifacts")
    (tmp_path / "artifacts").mkdir()
    server = Server(tmp_path / "artifacts", tmp_path / "log")
    try:
        with open_view(browser, server.url, "explore") as visit:
            alert = visit.page.get_by_role("alert")
            expect(alert).to_contain_text("has no network yet")
            for version in (1, 2):
                publish_tiny(store, tmp_path / str(version), fit_network(version))
            server.wait_for_version(2)
            alert.get_by_role("button", name="Try again").click()
            expect(visit.page.get_by_text("kept no learning curve")).to_be_visible()
            expect(visit.page.get_by_text("trained without a search")).to_be_visible()
            visit.page.get_by_label("Beside it").select_option("mlp/1")
            expect(visit.page.locator(DRAWN)).to_have_count(2)
            check_quiet(visit)
            server.stop()
            visit.page.get_by_role("radio", name="division").check()
            expect(alert.first).to_contain_text("cannot be reached")
    finally:
        server.stop()


def test_unknown_version_is_refused_and_another_can_be_chosen(
    browser: Browser, site: Server
) -> None:
    with open_view(browser, site.url, "explore?model=mlp&version=7") as visit:
        expect(visit.page.get_by_role("alert")).to_contain_text("Received: 7")
        expect(visit.page.get_by_label("Network")).to_have_value("mlp/7")
        visit.page.get_by_label("Network").select_option("mlp/1")
        expect(visit.page.locator(DRAWN)).to_have_count(2)
        expect(visit.page.get_by_role("alert")).to_have_count(0)


def test_slow_service_is_waited_for(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "models", locale="pt-BR") as visit:
        slow = visit.page.get_by_text("demorando mais que o normal")
        with held_back(visit.page, "**/predict"):
            visit.page.goto(f"{site.url}/#/explore?with=none")
            expect(slow.first).to_be_visible()
        expect(visit.page.locator(DRAWN)).to_have_count(1)
        expect(slow).to_have_count(0)
        check_quiet(visit)


@pytest.mark.parametrize(
    ("missing", "told"),
    [("views/explore/view.js", "could not be loaded"), ("lib/plot.js", "cannot be reached")],
    ids=["the view", "its charts"],
)
def test_what_cannot_be_fetched_can_be_tried_again(
    browser: Browser, site: Server, missing: str, told: str
) -> None:
    with open_view(browser, site.url, "models") as visit:
        visit.page.route(f"**/{missing}", lambda route: route.abort())
        visit.page.goto(f"{site.url}/#/explore")
        expect(visit.page.get_by_role("alert")).to_contain_text(told)
        visit.page.unroute(f"**/{missing}")
        visit.page.get_by_role("button", name="Try again").click()
        expect(visit.page.locator(DRAWN)).to_have_count(2)
