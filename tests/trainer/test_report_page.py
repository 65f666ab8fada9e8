"""The report in a real browser: it opens from disk, offline, in both languages."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import Visit, start_browser
from tests.trainer.conftest import Trained
from trainer.results.report.record import read_record
from trainer.tasks.calculation.report.composing import write_report

SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data: blob:"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with everything in it: every table, and a version to compare with."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    record = read_record(trained.artifact)
    overall = record.metrics.overall
    worse = overall.model_copy(update={"mae": overall.mae * 2, "max": overall.max * 2, "r2": -1.0})
    metrics = record.metrics.model_copy(update={"overall": worse})
    write_report(path, record, replace(record, metrics=metrics, version=7))
    return path


def open_report(
    browser: Browser,
    report: Path,
    *,
    language: str = "en-US",
    dark: bool = False,
    width: int = 1000,
) -> tuple[Page, list[str]]:
    """Open a report from disk; the list fills with complaints and foreign addresses."""
    visit = Visit(
        browser,
        "file:",
        offline=True,
        locale=language,
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": 800},
    )
    visit.strangers = visit.complaints
    visit.page.goto(report.as_uri())
    return visit.page, visit.complaints


def draw_all(page: Page) -> int:
    """Scroll past every plot and return how many were drawn."""
    plots = page.locator(".plot")
    for position in range(plots.count()):
        plots.nth(position).scroll_into_view_if_needed()
        plots.nth(position).locator(".main-svg").first.wait_for()
    return plots.count()


def read_column(page: Page, table: str, column: int) -> list[str]:
    rows = page.locator(f"table:has(caption:has-text('{table}')) tbody tr")
    cells = rows.evaluate_all(
        "(rows, n) => rows.map(row => row.cells[n].dataset.value ?? row.cells[n].innerText)", column
    )
    return [str(cell) for cell in cells]


def test_report_opens_from_disk_offline_with_every_plot(browser: Browser, report: Path) -> None:
    page, heard = open_report(browser, report)
    # results, operands, activation and optimizer, loss and MAE, predictions, errors, extrapolation
    assert draw_all(page) == 4 + 4 + 2 + 2 + 4 + 4 + 4
    page.locator(".plot").nth(12).hover()
    assert heard == []


def test_contents_lead_to_every_section(browser: Browser, report: Path) -> None:
    page, _ = open_report(browser, report)
    targets = page.locator("nav a").evaluate_all("links => links.map(a => a.hash)")
    assert targets == page.locator("main h2").evaluate_all("all => all.map(h => '#' + h.id)")
    page.locator("nav a", has_text="New equations").click()
    assert 0 <= page.locator("#equations").evaluate("h => h.getBoundingClientRect().top") < 100


def test_trials_sort_by_a_click_and_by_the_keyboard(browser: Browser, report: Path) -> None:
    page, heard = open_report(browser, report)
    assert read_column(page, "All trials", 0) != ["2", "1", "0"]
    head = page.locator("table:has(caption:has-text('All trials')) thead button", has_text="trial")
    head.click()
    assert read_column(page, "All trials", 0) == ["0", "1", "2"]
    head.focus()
    page.keyboard.press("Enter")
    assert read_column(page, "All trials", 0) == ["2", "1", "0"]
    assert page.locator("th[aria-sort=descending]").count() == 1
    errors = page.locator("table:has(caption:has-text('New equations')) thead button")
    errors.nth(1).click()
    predicted = [float(value) for value in read_column(page, "New equations", 1)]
    assert predicted == sorted(predicted)
    assert heard == []


def test_language_is_the_browser_s_until_another_is_chosen(browser: Browser, report: Path) -> None:
    page, heard = open_report(browser, report, language="pt-PT")
    assert page.title().startswith("Relatório de treinamento")
    assert page.locator("html").get_attribute("lang") == "pt-BR"
    assert page.locator("h2:visible").all_inner_texts()[1:3] == ["Resumo", "O que mudou"]
    mae = page.locator("tr:has(th:text-is('mae')) td").first
    assert re.fullmatch(r"\d+,\d+", mae.inner_text())
    page.locator("#data").scroll_into_view_if_needed()
    page.locator(".plot .xtitle", has_text="resultado").first.wait_for()
    page.get_by_role("button", name="English").click()
    page.locator(".plot .xtitle", has_text="result").first.wait_for()
    assert page.locator("h2:visible").all_inner_texts()[1:3] == ["Summary", "What changed"]
    assert re.fullmatch(r"\d+\.\d+", mae.inner_text())
    page.reload()  # the choice is kept
    assert page.title().startswith("Training report")
    page.goto(f"{report.as_uri()}?lang=pt-BR")  # as a page that links here would ask
    assert page.title().startswith("Relatório")
    assert heard == []


# The ratio that WCAG 2 asks of text, from the colours that the browser computed.
CONTRAST = """selector => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map(Number).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll(selector)].map(element => {
    const style = getComputedStyle(element);
    const ink = light(element instanceof SVGElement ? style.fill : style.color);
    return (Math.max(paper, ink) + 0.05) / (Math.min(paper, ink) + 0.05);
  });
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_stands_out_in_light_and_dark(browser: Browser, report: Path, dark: bool) -> None:
    page, _ = open_report(browser, report, dark=dark)
    draw_all(page)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") is not dark
    for text in (
        "p, h2, caption, nav a, td, figcaption",
        ".better",
        ".xtick text, .xtitle",
    ):
        ratios = page.evaluate(CONTRAST, text)
        assert len(ratios) > 3
        assert min(ratios) >= 4.5, text


def test_plots_follow_the_system_from_light_to_dark(browser: Browser, report: Path) -> None:
    page, _ = open_report(browser, report)
    draw_all(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("getComputedStyle(document.querySelector('.xtitle')).fill != '#1d2733'")
    assert min(page.evaluate(CONTRAST, ".xtick text, .xtitle")) >= 4.5


def test_report_fits_a_phone(browser: Browser, report: Path) -> None:
    page, heard = open_report(browser, report, width=360)
    draw_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert heard == []


def test_print_has_every_plot_on_white(browser: Browser, report: Path) -> None:
    page, heard = open_report(browser, report, dark=True)
    assert page.locator(".plot .main-svg").count() < 24  # what is far away is not drawn yet
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function("document.querySelectorAll('.plot .xtitle').length == 24")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert min(page.evaluate(CONTRAST, ".xtick text, p, td")) >= 4.5
    assert len(page.pdf()) > 50_000
    assert heard == []


def test_report_reads_without_scripts(browser: Browser, report: Path) -> None:
    page = browser.new_context(java_script_enabled=False, locale="pt-BR").new_page()
    page.goto(report.as_uri())
    assert page.locator("table").count() > 10
    assert page.get_by_role("heading", name="Resumo").count() == 0


@pytest.fixture
def sandbox(report: Path) -> Iterator[str]:
    """A server that allows the report no more than what a page of one file needs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", SANDBOX)
            self.end_headers()
            self.wfile.write(report.read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/report.html"
        server.shutdown()


def test_report_works_in_a_sandbox(browser: Browser, sandbox: str) -> None:
    visit = Visit(browser, sandbox, locale="pt-BR")
    visit.page.goto(sandbox)
    assert draw_all(visit.page) == 24
    visit.page.get_by_role("button", name="English").click()
    assert visit.page.title().startswith("Training report")
    assert visit.complaints == visit.strangers == []


def test_nothing_covers_a_plot(browser: Browser, report: Path) -> None:
    page, _ = open_report(browser, report)
    draw_all(page)
    page.locator(".plot").nth(3).hover()
    assert page.locator(".modebar-btn").count() == 0


def test_every_column_of_the_trials_is_in_sight_at_1200_pixels(
    browser: Browser, report: Path
) -> None:
    page, _ = open_report(browser, report, language="pt-BR", width=1200)
    table = page.locator(".scroll:has(caption:has-text('Todas as tentativas'))")
    assert table.locator("thead th").count() > 15
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    ends = table.evaluate("e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right]")
    assert 0 <= ends[0] < ends[1] <= 1200


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_network_is_drawn_in_the_colours_and_words_of_the_page(
    browser: Browser, report: Path, dark: bool
) -> None:
    page, _ = open_report(browser, report, dark=dark, language="pt-BR", width=390)
    picture = page.locator("svg.network")
    kinds = picture.locator(".kind").all_text_contents()
    assert kinds[0] == "InputEntrada"
    assert picture.locator(".kind .pt").first.is_visible()
    assert not picture.locator(".kind .en").first.is_visible()
    assert kinds.count("Dense") >= 2
    assert picture.locator("text", has_text="unidades").count() >= 1
    assert min(page.evaluate(CONTRAST, "svg.network text")) >= 4.5
    box = picture.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390


def test_expressions_are_written_as_each_language_does(browser: Browser, report: Path) -> None:
    for language, mark in (("pt-BR", ","), ("en-US", ".")):
        page, _ = open_report(browser, report, language=language)
        cells = page.locator("#equations ~ .scroll").first.locator("tbody th").all_inner_texts()
        assert len(cells) == 20
        minus = "\N{MINUS SIGN}"
        number = rf"\d+(\{mark}\d+)?"
        written = (
            f"{minus}?{number} [+{minus}\N{MULTIPLICATION SIGN}÷] ({number}|\\({minus}{number}\\))"
        )
        assert [cell for cell in cells if not re.fullmatch(written, cell)] == []
        assert any("(" in cell for cell in cells)
