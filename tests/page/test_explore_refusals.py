"""Explore where the service has little, is slow, refuses or is gone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser import Visit
from tests.page.exploring import DRAWN, answer_records, explore
from tests.service.serving import Server


def test_service_without_versions_is_told_then_gone(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "artifacts").mkdir()
    server = Server(tmp_path / "artifacts", tmp_path / "log")
    visit = Visit(browser, server.url, locale="en-US")
    try:
        visit.page.goto(f"{server.url}/#/explore")
        alert = visit.page.get_by_role("alert")
        expect(alert).to_contain_text("has no network yet")
        assert visit.complaints == []
        server.stop()
        alert.get_by_role("button", name="Try again").click()
        expect(alert).to_contain_text("cannot be reached")
    finally:
        visit.close()
        server.stop()


def test_unknown_version_is_refused_and_another_can_be_chosen(
    browser: Browser, site: Server
) -> None:
    visit = Visit(browser, site.url, locale="en-US")
    answer_records(visit.page)
    visit.page.goto(f"{site.url}/#/explore?model=mlp&version=7")
    expect(visit.page.get_by_role("alert")).to_contain_text("Received: 7")
    expect(visit.page.get_by_label("Network")).to_have_value("mlp/7")
    visit.page.get_by_label("Network").select_option("mlp/1")
    expect(visit.page.locator(DRAWN)).to_have_count(2)
    expect(visit.page.get_by_role("alert")).to_have_count(0)
    visit.close()


def test_slow_service_is_waited_for(browser: Browser, site: Server) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visit = Visit(browser, site.url, locale="pt-BR")
    answer_records(visit.page)
    visit.page.route("**/predict", hold)
    visit.page.goto(f"{site.url}/#/explore?with=none")
    expect(visit.page.get_by_text("demorando mais que o normal").first).to_be_visible()
    visit.page.unroute("**/predict")
    for route in held:
        route.continue_()
    expect(visit.page.locator(DRAWN)).to_have_count(1)
    expect(visit.page.get_by_text("demorando mais que o normal")).to_have_count(0)
    assert visit.complaints == []
    visit.close()


@pytest.mark.parametrize("answered", [True, False], ids=["empty files", "no files"])
def test_version_without_records_says_so(browser: Browser, site: Server, answered: bool) -> None:
    with explore(browser, site.url, "?with=none") as visit:
        missing = '{"error": {"code": "not_found", "message": "none"}}'
        visit.page.route(
            "**/files/training/*",
            lambda route: route.fulfill(body="") if answered
            else route.fulfill(status=404, content_type="application/json", body=missing),
        )  # fmt: skip
        visit.page.reload()
        expect(visit.page.get_by_text("kept no learning curve")).to_be_visible()
        expect(visit.page.get_by_text("trained without a search")).to_be_visible()
        expect(visit.page.locator(DRAWN)).to_have_count(1)


def test_charts_that_cannot_be_fetched_can_be_tried_again(browser: Browser, site: Server) -> None:
    visit = Visit(browser, site.url, locale="en-US")
    answer_records(visit.page)
    visit.page.route("**/lib/plot.js", lambda route: route.abort())
    visit.page.goto(f"{site.url}/#/explore")
    expect(visit.page.get_by_role("alert")).to_contain_text("cannot be reached")
    visit.page.unroute("**/lib/plot.js")
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.page.locator(DRAWN)).to_have_count(2)
    visit.close()
