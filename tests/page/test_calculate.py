"""Calculate in a real browser: what the networks answered, how far off, and what it says of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Visit
from tests.page.opening import LOOKS, check_look, held_back, open_view
from tests.service.serving import Server

MLP = "[data-answers=approximation]"
UNIT = "[data-answers=computation]"


def read_number(text: str, *, comma: bool = False) -> float:
    text = text.replace("−", "-").strip()  # noqa: RUF001 -- as the page writes it
    text = text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
    return float(text)


@pytest.fixture(scope="module", params=["en-US", "pt-BR"])
def visit(browser: Browser, site: Server, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """The view in each language, opened once: opening takes longer than asking."""
    with open_view(browser, site.url, "calculate", locale=request.param) as visit:
        visit.page.get_by_role("heading", level=2).wait_for()
        yield visit


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def english(browser: Browser, site: Server) -> Iterator[Page]:
    with open_view(browser, site.url, "calculate") as visit:
        visit.page.get_by_role("heading", level=2).wait_for()
        yield visit.page


@pytest.mark.parametrize(
    ("typed", "headline"),
    [
        ("4.84 / -0.23", "4.84 ÷ (−0.23) ≈ −21.0434782609"),  # noqa: RUF001
        ("6,3 : −0,6", "6.3 ÷ (−0.6) = −10.5"),  # noqa: RUF001
        (" 0,1+0.2", "0.1 + 0.2 = 0.3"),
        ("7 x 8", "7 × 8 = 56"),  # noqa: RUF001
    ],
)
def test_answers_are_those_of_the_service(
    visit: Visit, site: Server, typed: str, headline: str
) -> None:
    body = {"expressions": [typed], "model": "mlp", "exact": True}
    answer = httpx.post(f"{site.url}/predict", json=body).json()
    predicted, error = answer["predictions"][0], answer["absolute_errors"][0]
    page = visit.page
    ask(page, typed)
    comma = page.evaluate("document.documentElement.lang") == "pt-BR"
    headline = headline.replace(".", ",") if comma else headline
    expect(page.get_by_role("heading", level=2)).to_have_text(headline)
    shown = page.locator(f"article{MLP} .calculate-number").inner_text()
    assert read_number(shown, comma=comma) == pytest.approx(predicted, abs=error / 50)
    (size,) = re.findall(r"[\d.,]*\d", page.locator(f"article{MLP} .calculate-error").inner_text())
    assert read_number(size, comma=comma) == pytest.approx(error, rel=0.05)
    exact = "Exata até o último algarismo" if comma else "Exact to the last digit"
    expect(page.locator(f"article{UNIT}")).to_contain_text(exact)
    assert page.get_by_role("status").inner_text().startswith(f"{headline}.")
    assert visit.strangers == []


def test_drawing_is_to_scale(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "calculate?expression=9/0.12") as visit:
        page = visit.page
        page.locator(".calculate-mark").first.wait_for()

        def find(selector: str) -> float:
            box = page.locator(selector).first.bounding_box()
            assert box
            return box["x"] + box["width"] / 2

        ticks = page.locator(".calculate-ticks > span")
        values = [read_number(text) for text in ticks.all_inner_texts()]
        boxes = [box["x"] for tick in ticks.all() if (box := tick.bounding_box())]
        a_unit = (boxes[-1] - boxes[0]) / (values[-1] - values[0])
        off = read_number(page.locator(f"article{MLP} .calculate-number").inner_text()) - 75
        drawn = find(f"{MLP} .calculate-mark") - find(".calculate-exact")
        assert drawn == pytest.approx(off * a_unit, abs=2)
        assert find(f"{UNIT} .calculate-mark") == pytest.approx(find(".calculate-exact"), abs=2)
        label = page.get_by_role("img").last.get_attribute("aria-label")
        assert label
        assert label.startswith("Number line around the exact answer 75. ")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("250 - 75.5", "Both of yours lie outside"),
        ("3 + 12", "12 lies outside"),
        ("1 / 0.05", "never saw a divisor closer to zero than 0.1. 0.05 is closer"),
        ("9 / 0.12", "divided by 0.12 it is 75, divided by 0.13 already 69"),
        ("6.3 / -3", "Division is hard for it"),
        ("7 * 8", "Products are harder for it than sums"),
        ("4.93 + 4.02", "It never learned the rule"),
    ],
)
def test_reason_fits_the_problem(english: Page, typed: str, reason: str) -> None:
    ask(english, typed)
    expect(english.locator(f"article{MLP}")).to_contain_text(reason)
    expect(english.locator(f"article{UNIT}")).to_contain_text("right even for numbers it never")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("5,5 / 0", "no number times zero gives 5.5"),
        ("0 / 0", "every number times zero gives zero"),
        ("", "Type two numbers"),
        ("7 *", "Something is missing"),
        ("7 * 8 =", "Leave out the equals sign"),
        ("1.234,5 + 1", "without thousands separators"),
        ("1 + 2 + 3", "One problem at a time"),
        ("(1) + 2", "Leave out the brackets"),
        ("two + 2", "neither a number nor one of the signs"),
        ("1e308 * 10", "more digits than a computer keeps"),
    ],
)
def test_refusal_is_said_in_the_learners_words(english: Page, typed: str, said: str) -> None:
    ask(english, typed)
    expect(english.get_by_role("alert")).to_contain_text(said)
    entry = english.get_by_role("textbox")
    expect(entry).to_have_attribute("aria-invalid", "true")
    described = entry.get_attribute("aria-describedby")
    assert said in english.locator(f"[id='{described}']").inner_text()
    ask(english, "1 + 1")
    expect(english.get_by_role("heading", level=2)).to_have_text("1 + 1 = 2")
    expect(english.get_by_role("alert")).to_have_count(0)


def test_last_problems_stay_for_the_session(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "calculate") as visit:
        page = visit.page
        problems = [f"{number} + 1" for number in range(1, 9)]
        for text in problems:
            ask(page, text)
            expect(page.get_by_role("heading", level=2)).to_have_text(
                f"{text} = {int(text[0]) + 1}"
            )
        history = page.get_by_role("group", name="Your last problems").get_by_role("link")
        expect(history).to_have_text(problems[:1:-1])
        page.reload()
        expect(history).to_have_text(problems[:1:-1])
        history.last.click()
        expect(page.get_by_role("heading", level=2)).to_have_text("3 + 1 = 4")
        assert page.evaluate("Object.keys(localStorage)") == []


def test_keyboard_alone_suffices(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "calculate") as visit:
        page = visit.page
        entry = page.get_by_label("Your problem")
        page.get_by_role("heading", level=2).wait_for()
        while not entry.evaluate("entry => entry === document.activeElement"):
            page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type("12")
        for _ in range(3):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the third sign
        expect(entry).to_be_focused()
        page.keyboard.type("3")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=2)).to_have_text("12 × 3 = 36")  # noqa: RUF001


def test_service_without_a_network_and_one_that_is_gone(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "artifacts", tmp_path / "log")
    try:
        with open_view(browser, server.url, "calculate") as visit:
            alert = visit.page.get_by_role("alert")
            expect(alert).to_contain_text("has no network yet")
            server.stop()
            visit.page.get_by_role("button", name="Try again").click()
            expect(alert).to_contain_text("cannot be reached")
    finally:
        server.stop()


def test_slow_service_is_said_and_answers(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "calculate") as visit:
        page = visit.page
        page.get_by_role("heading", level=2).wait_for()
        with held_back(page, "**/predict"):
            ask(page, "2 + 2")
            expect(page.get_by_text("taking longer than usual")).to_be_visible()
        expect(page.get_by_role("heading", level=2)).to_have_text("2 + 2 = 4")
        expect(page.get_by_text("taking longer than usual")).to_have_count(0)


@LOOKS
def test_look(browser: Browser, site: Server, look: dict[str, str]) -> None:
    with open_view(browser, site.url, "calculate?expression=9/0.12", **look) as visit:
        visit.page.locator(".calculate-mark").first.wait_for()
        check_look(visit)
        small = visit.page.evaluate(
            "[...document.querySelectorAll('main button, main a, main input')]"
            ".filter(e => e.getBoundingClientRect().height < 43.9).map(e => e.textContent)"
        )
        assert small == []


def test_refused_problem_is_accessible_too(browser: Browser, site: Server) -> None:
    with open_view(browser, site.url, "calculate?expression=5/0", color_scheme="dark") as visit:
        visit.page.get_by_role("alert").wait_for()
        visit.complaints.clear()  # the 422 itself
        check_look(visit)
