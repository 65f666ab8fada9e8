"""Models in a real browser: what is shown is what the store holds, whoever wrote it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page, expect

from tabuada.publishing import set_label
from tabuada.store import Store
from tests.browser import Visit
from tests.page.opening import (
    LOOKS,
    PHONE,
    check_look,
    check_quiet,
    open_view,
    run_module,
    slow_down,
)
from tests.service.serving import ROOT, Server
from tests.service.tiny import fit_network, publish_tiny

MLP = ROOT / "artifacts" / "mlp" / "1"
KEY = "reader-key-0123456789"
HOSTILE = """# <img src=x onerror="document.title='taken'">
<script>document.title = 'taken'</script>
[press](javascript:document.title='taken') ![x](https://example.org/x.png) <https://example.org>

| a | b |
| --- | --- |
| `<b>` | **<i onclick=alert(1)>** | more | than | there | is |
"""


EVERYTHING = """# One

Two words, `code`, **strong** and *soft*, 2 * 3 * 4,
on two lines.
- a dot
- another,
  on two lines

1. first
2. second

```sh
# no heading
make run
```
## Two ##
| a | b |
|---|:-:|
| `c` | d |

End.
"""


def read_manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((MLP / "manifest.json").read_text("utf-8"))
    return manifest


def read_table(page: Page, heading: str) -> list[list[str]]:
    """Return the words of the table in the card with that heading, row by row."""
    card = page.locator(".card", has=page.get_by_role("heading", name=heading, exact=True))
    rows = card.locator("table").first.locator("tr").all()
    return [[cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in rows]


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with three versions of `mlp`, `stable` at 2; the card of 3 means harm."""
    folder = tmp_path_factory.mktemp("several")
    store = Store(folder / "artifacts")
    for version, units, card in ((1, 96, EVERYTHING), (2, 96, "Short."), (3, 80, HOSTILE)):
        work = folder / f"work{version}"
        work.mkdir()
        (work / "MODEL_CARD.md").write_text(card, encoding="utf-8")
        publish_tiny(store, work, fit_network(version, units))
    set_label(store, "mlp", "stable", 2)
    server = Server(folder / "artifacts", folder / "log")
    server.wait_ready()
    yield server
    server.stop()


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
        report.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=20_000)
        assert report.evaluate("self.origin") == "null"
        kept = (
            "(() => { try { return localStorage.length } catch (error) { return error.name } })()"
        )
        assert report.evaluate(kept) == "SecurityError"
        assert complaints == []


def test_report_is_saved_where_a_key_is_asked_for(browser: Browser, tmp_path: Path) -> None:
    server = Server(ROOT / "artifacts", tmp_path / "log", api_keys=KEY)
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


def test_damaged_card_hides_nothing_else(browser: Browser, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "artifacts", tmp_path / "artifacts")
    (tmp_path / "artifacts/mlp/1/MODEL_CARD.md").write_text("# Better than it is")
    server = Server(tmp_path / "artifacts", tmp_path / "log", default_model="arithmetic")
    try:
        server.wait_ready()
        with open_view(browser, server.url, "models?model=mlp") as visit:
            page = visit.page
            expect(page.get_by_text("The model card cannot be read")).to_be_visible()
            expect(page.get_by_text("None of its versions answers yet")).to_be_visible()
            assert len(read_table(page, "How far off it is")) == 6
            assert "Better than it is" not in page.locator("main").inner_text()
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
        slow_down(page, "**/models")
        page.get_by_role("link", name="Models", exact=True).click()
        expect(page.get_by_text("taking longer than usual")).to_be_visible()
        page.locator("#models-chosen").wait_for(timeout=20_000)
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


def test_newest_versions_are_compared(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "models") as visit:
        body = "given.map(([versions, chosen]) => module.pickCompared(versions, chosen, 3))"
        many = list(range(1, 10))
        cases = [[many, 9], [many, 2], [[4], 4], [[1, 2], 1]]
        found = run_module(visit.page, "views/models/versions.js", body, cases)
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
