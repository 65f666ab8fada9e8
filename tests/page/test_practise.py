"""The view for practising, as a learner meets it."""

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import Visit
from tests.page.practising import answer, begin, kept_progress, shown_exercise, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

    from tests.service.serving import Server

LANGUAGES = pytest.mark.parametrize(
    ("language", "mark"), [("en", "."), ("pt-BR", ",")], ids=["en", "pt"]
)


def focused(page: "Page") -> str:
    """Return the text of what has the focus."""
    return str(page.evaluate("document.activeElement.textContent")).strip()


@LANGUAGES
def test_session_goes_by_keyboard_alone(
    browser: "Browser", site: "Server", language: str, mark: str
) -> None:
    query = "operations=add,subtract,multiply,divide&levels=3,4,5&length=5"
    with visit(browser, site.url, query, locale=language) as visited:
        page = visited.page
        begin(page)
        for number in range(1, 6):
            assert str(number) in page.locator(".practise-bar p").inner_text()
            answer(page, mark)
            assert "✓" in page.locator(".practise-verdict").inner_text()
            page.keyboard.press("Enter")
        summary = page.locator(".practise-summary")
        assert re.search("5 (of|de) 5", summary.inner_text())
        assert focused(page) in {"Done", "Pronto"}


@LANGUAGES
def test_wrong_answer_shows_the_way_and_comes_back(
    browser: "Browser", site: "Server", language: str, mark: str
) -> None:
    query = "operations=multiply&levels=1&length=5"
    with visit(browser, site.url, query, locale=language) as visited:
        page = visited.page
        begin(page)
        missed = answer(page, mark, error=1)
        assert page.locator(".practise-sheet").is_visible()
        assert page.locator(".practise-worked li").count() >= 2
        page.keyboard.press("Enter")
        for _ in range(2):
            assert answer(page, mark)["skill"] != missed["skill"]
            page.keyboard.press("Enter")
        assert shown_exercise(page)["skill"] == missed["skill"]
        page.locator(".practise-bar button").click()
        assert page.locator(".practise-hard > li").count() == 1


def test_division_is_drawn_as_each_country_writes_it(browser: "Browser", site: "Server") -> None:
    sides = {}
    for language in ("en", "pt-BR"):
        with visit(browser, site.url, "operations=divide&levels=3", locale=language) as visited:
            begin(visited.page)
            answer(visited.page, error=1)
            row = visited.page.evaluate("""() => {
              const box = (node) => node.getBoundingClientRect();
              const quotient = [...document.querySelectorAll(".practise-cell.result")].map(box);
              const line = (side) => document.querySelector(`.practise-line.${side}`);
              const edge = line("bracket") ?? line("left");
              return { above: quotient[0].top < box(edge).top - 1, bracket: Boolean(line("bracket")) };
            }""")
            sides[language] = row
    # Under a bracket the quotient stands on top; in a key it stands below the divisor.
    assert sides == {
        "en": {"above": True, "bracket": True},
        "pt-BR": {"above": False, "bracket": False},
    }


def test_steps_are_walked_without_losing_the_focus(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url, "operations=subtract&levels=3") as visited:
        page = visited.page
        begin(page)
        answer(page, error=1)
        steps = page.locator(".practise-worked li")
        count = steps.count()
        page.get_by_role("button", name="Step by step").focus()
        for walked in range(1, count + 1):
            page.keyboard.press("Enter")
            assert steps.count() == walked
            assert steps.nth(walked - 1).get_attribute("aria-current") == "step"
        assert focused(page) == "From the start"
        page.get_by_role("button", name="Back").click()
        assert steps.count() == count - 1
        page.get_by_role("button", name="Show all").press("Enter")
        assert focused(page) == "Step by step"
        assert steps.count() == count


def test_what_is_no_number_is_not_counted(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url, "operations=add&levels=2") as visited:
        page = visited.page
        begin(page)
        for typed in ("", "abc", "1/2", "--3", "1.2.3"):
            page.keyboard.type(typed)
            page.keyboard.press("Enter")
            assert "Type a number" in page.get_by_role("alert").inner_text()
            assert page.evaluate("localStorage.getItem('tabuada.practise')") is None
            page.keyboard.press("Control+A")
            page.keyboard.press("Delete")
        answer(page)
        assert page.get_by_role("alert").count() == 0


def test_answer_with_grouped_thousands_is_right(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url) as visited:
        judged = visited.page.evaluate("""async () => {
          const { isRight, readAnswer } = await import("/static/page/views/practise/answer.js");
          const judge = (typed, answer) =>
            isRight({ answer }, readAnswer({}, { quotient: typed }), typed);
          return [judge("1,234", "1234"), judge("1.234", "1234"), judge("1.234", "1.234"),
                  judge("−12,50", "-12.5"), judge(".5", "0.5"), judge("12.34", "1234")];
        }""")
        assert judged == [True, True, True, True, True, False]


def test_feeling_changes_when_it_comes_back(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url, "operations=multiply&levels=1") as visited:
        page = visited.page
        begin(page)
        skill = answer(page)["skill"]
        due = {}
        for felt in ("Hard", "Easy"):
            page.get_by_label(felt).check()
            due[felt] = kept_progress(page)["cards"][skill]["due"]
        assert due["Hard"] < due["Easy"]
        (day,) = kept_progress(page)["days"].values()
        assert day == {"answered": 1, "right": 1, "new": 1}


def test_session_works_without_the_service(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url, "operations=divide&levels=4&length=5") as visited:
        page = visited.page
        page.context.set_offline(True)
        begin(page)
        for _ in range(5):
            answer(page, error=1)
            page.keyboard.press("Enter")
        assert page.locator(".practise-summary").is_visible()
        # Nothing but the page's own files was ever asked for.
        assert all(f"{site.url}/static/" in url or url == f"{site.url}/" for url in visited.asked)


def test_view_says_that_it_loads_while_the_service_is_slow(
    browser: "Browser", site: "Server"
) -> None:
    visited = Visit(browser, site.url, locale="en")
    held: list[Route] = []
    visited.page.route("**/practise/style.css", lambda route: held.append(route))
    visited.page.goto(f"{site.url}/#/practise")
    visited.page.get_by_text("Loading…").wait_for()
    visited.page.wait_for_timeout(200)
    assert visited.page.locator("form.practise-setup").count() == 0
    for route in held:
        route.continue_()
    visited.page.locator("form.practise-setup").wait_for()
    assert visited.complaints == []
    visited.close()


def test_link_leads_to_what_the_networks_answer(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url, "operations=divide&levels=5") as visited:
        page = visited.page
        begin(page)
        exercise = answer(page)
        page.get_by_role("link", name="What do the networks answer?").click()
        hash_ = page.evaluate("decodeURIComponent(location.hash)")
        assert hash_ == f"#/calculate?expression={exercise['a']} / {exercise['b']}"
        page.go_back()
        # The session is where it was left.
        page.wait_for_selector(".practise-after")
        assert shown_exercise(page) == exercise


@pytest.mark.parametrize(
    ("language", "mark", "scheme"),
    [
        ("en", ".", "light"),
        ("pt-BR", ",", "dark"),
        pytest.param("en", ".", "dark", marks=pytest.mark.slow),
        pytest.param("pt-BR", ",", "light", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing(
    browser: "Browser", site: "Server", language: str, mark: str, scheme: str
) -> None:
    query = "operations=divide,multiply&levels=1,3,4&length=5"
    options = {
        "locale": language,
        "color_scheme": scheme,
        "viewport": {"width": 390, "height": 844},
    }
    with visit(browser, site.url, query, **options) as visited:
        page = visited.page

        def judge() -> None:
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= 390

        judge()
        begin(page)
        answer(page, mark, error=1)
        judge()
        page.keyboard.press("Enter")
        answer(page, mark)
        page.locator("summary").click()
        judge()
        page.locator(".practise-bar button").click()
        judge()


def test_targets_are_large_enough_to_touch(browser: "Browser", site: "Server") -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    with visit(browser, site.url, "operations=divide&levels=3", **phone) as visited:
        page = visited.page
        small = """() => [...document.querySelectorAll(
            "main button, main label:has(input), main summary, main input[inputmode]")]
          .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 44)
          .map((node) => node.outerHTML)"""
        assert page.evaluate(small) == []
        begin(page)
        assert page.locator("input").first.get_attribute("inputmode") == "decimal"
        answer(page, error=1)
        assert page.evaluate(small) == []
