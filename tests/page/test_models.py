"""Models in a real browser: what is shown is what the store holds, whoever wrote it."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page.node import Modules
from tests.page.opening import LOOKS, PHONE, check_look, check_quiet, held_back, open_view
from tests.service.serving import ROOT, Server
from tests.shipped import copy_first_versions

MLP = ROOT / "artifacts" / "mlp" / "1"
KEY = "reader-key-0123456789"


def read_manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((MLP / "manifest.json").read_text("utf-8"))
    return manifest


def read_table(page: Page, heading: str) -> list[list[str]]:
    """Return the words of the table in the card with that heading, row by row."""
    card = page.locator(".card", has=page.get_by_role("heading", name=heading, exact=True))
    rows = card.locator("table").first.locator("tr").all()
    return [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows]


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_metrics_are_those_of_the_manifest(browser: Browser, site: Server, locale: str) -> None:
    metrics = read_manifest()["metrics"]
    heading = {"en-US": "How far off it is", "pt-BR": "Quanto ela erra"}[locale]
    with open_view(browser, site.url, "models?model=mlp&version=1", locale=locale) as visit:
        visit.page.get_by_role("heading", name=heading, exact=True).first.wait_for()
        _, *rows = read_table(visit.page, heading)
        expected = [metrics["overall"], *metrics["per_operation"].values()]
        for row, own in zip(rows, expected, strict=True):
            numbers = [float(cell.replace(",", ".")) for cell in row[1:]]
            assert numbers == pytest.approx([own[k] for k in ("mae", "median", "p99", "max")], 5e-3)
        assert [row[0] for row in rows][1:] == ["+", "−", "×", "÷"]  # noqa: RUF001
        text = visit.page.locator("main").inner_text()
        for name in read_manifest()["hyperparameters"]:
            assert name in text
        check_quiet(visit)


def test_versions_labels_and_differences_are_shown(browser: Browser, several: Server) -> None:
    with open_view(browser, several.url, "models") as visit:
        page = visit.page
        links = page.get_by_role("list", name="Versions of Plain network (MLP)").get_by_role("link")
        expect(links).to_have_text(
            ["Version 3", "Version 2 answers now, label stable", "Version 1"]
        )
        expect(links.nth(1)).to_have_attribute("aria-current", "true")
        page.get_by_role("heading", name="What distinguishes its versions").wait_for()
        head, *rows = read_table(page, "What distinguishes its versions")
        assert [cell.split("\n")[0] for cell in head[1:]] == ["Version 1", "Version 2", "Version 3"]
        assert ["units", "96", "96", "80"] in rows
        assert not any(row[0] == "Seed" for row in rows)  # the same in all
        links.first.click()
        expect(page.locator("#models-chosen")).to_have_text("Plain network (MLP), version 3")
        expect(links.first).to_have_attribute("aria-current", "true")
        check_quiet(visit)


def test_report_opens_shut_off_from_the_page(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "models?model=mlp") as visit:
        complaints: list[str] = []
        with visit.page.expect_popup() as opened:
            visit.page.get_by_role("link", name="Training report").click()
        report = opened.value
        report.on("pageerror", lambda error: complaints.append(str(error)))
        report.wait_for_load_state()
        assert report.url == f"{site.url}/models/mlp/versions/1/files/training/report.html"
        report.locator(".js-plotly-plot .main-svg").first.wait_for()
        assert report.evaluate("self.origin") == "null"
        kept = (
            "(() => { try { return localStorage.length } catch (error) { return error.name } })()"
        )
        assert report.evaluate(kept) == "SecurityError"
        assert complaints == []


def test_report_is_saved_where_a_key_is_asked_for(browser: Browser, tmp_path: Path) -> None:
    copy_first_versions(tmp_path / "artifacts")
    server = Server(tmp_path / "artifacts", tmp_path / "log", api_keys=KEY)
    try:
        server.wait_ready()
        with open_view(browser, server.url, "models?model=mlp") as visit:
            page = visit.page
            page.get_by_label("API key").fill(KEY)
            page.keyboard.press("Enter")
            with page.expect_download() as saved:
                page.get_by_role("link", name="Training report").click()
            assert saved.value.suggested_filename == "mlp-1-report.html"
            assert saved.value.path().read_bytes() == (MLP / "training/report.html").read_bytes()
            assert "mlp: a multilayer perceptron" in page.locator(".models-card").inner_text()
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("models?model=mlp&version=9", "There is no version 9 of mlp here"),
        ("models?model=mlp&version=x/../1", "There is no version x/../1 of mlp here"),
        ("models?model=../admin", "There is no model ../admin here"),
    ],
)
def test_what_is_not_there_is_said_and_not_asked_for(
    browser: Browser, site: Server, address: str, said: str
) -> None:
    with open_view(browser, site.url, address) as visit:
        expect(visit.page.get_by_role("alert")).to_contain_text(said)
        assert visit.asked[-1] == f"{site.url}/models"
        visit.page.get_by_role("link", name="Version 1").first.click()
        expect(visit.page.locator("#models-chosen")).to_have_text("Arithmetic unit, version 1")
        check_quiet(visit)


def test_service_without_a_version_and_one_that_is_gone(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "artifacts", tmp_path / "log")
    try:
        with open_view(browser, server.url, "models", locale="pt-BR") as visit:
            expect(visit.page.get_by_text("ainda não guarda nenhuma rede")).to_be_visible()
            server.stop()
            visit.page.get_by_role("link", name="Calcular").click()
            visit.page.get_by_role("link", name="Modelos").click()
            expect(visit.page.get_by_role("alert")).to_contain_text("Não há conexão")
    finally:
        server.stop()


def test_slow_service_is_said_and_answers(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "calculate") as visit:
        page = visit.page
        with held_back(page, "**/models"):
            page.get_by_role("link", name="Models", exact=True).click()
            expect(page.get_by_text("taking longer than usual")).to_be_visible()
        page.locator("#models-chosen").wait_for()
        expect(page.get_by_text("taking longer than usual")).to_have_count(0)


def test_keyboard_alone_suffices(browser: Browser, several: Server) -> None:
    with open_view(browser, several.url, "models") as visit:
        page = visit.page
        link = page.get_by_role("link", name="Version 1").first
        link.wait_for()
        while not link.evaluate("link => link === document.activeElement"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#models-chosen")).to_have_text("Plain network (MLP), version 1")


def test_newest_versions_are_compared(modules: Modules) -> None:
    body = "given.map(([versions, chosen]) => module.pickCompared(versions, chosen, 3))"
    many = list(range(1, 10))
    cases = [[many, 9], [many, 2], [[4], 4], [[1, 2], 1]]
    found = modules.run("views/models/versions.js", body, cases)
    assert found == [[7, 8, 9], [2, 8, 9], [4], [1, 2]]


@LOOKS
def test_look(browser: Browser, site: Server, look: dict[str, Any]) -> None:
    with open_view(browser, site.url, "models?model=mlp", **look) as visit:
        visit.page.locator(".models-card").wait_for()
        visit.page.locator("summary").click()
        check_look(visit)


def test_look_with_several_versions(browser: Browser, several: Server) -> None:
    with open_view(browser, several.url, "models", viewport=PHONE) as visit:
        visit.page.get_by_role("heading", name="What distinguishes its versions").wait_for()
        check_look(visit)
