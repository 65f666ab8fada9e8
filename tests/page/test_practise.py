"""The view for practising, as a learner meets it."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.opening import LOOKS, check_look, check_quiet, held_back, open_view
from tests.page.practising import answer, begin, kept_progress, shown_exercise, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.page.node import Modules
    from tests.service.serving import Server


LANGUAGES = pytest.mark.parametrize(
    ("language", "mark"), [("en-US", "."), ("pt-BR", ",")], ids=["en", "pt"]
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
    for language in ("en-US", "pt-BR"):
        with visit(browser, site.url, "operations=divide&levels=3", locale=language) as visited:
            begin(visited.page)
            answer(visited.page, error=1)
            sides[language] = visited.page.evaluate("""() => {
              const top = (name) => document.querySelector(name)?.getBoundingClientRect().top;
              const edge = top(".practise-line.bracket") ?? top(".practise-line.left");
              const drawn = top(".practise-line.bracket") === undefined ? "key" : "bracket";
              return [drawn, top(".practise-cell.result") < edge - 1 ? "above" : "below"];
            }""")
    # Under a bracket the quotient stands on top; in a key it stands below the divisor.
    assert sides == {"en-US": ["bracket", "above"], "pt-BR": ["key", "below"]}


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


@pytest.mark.parametrize(
    ("typed", "answer", "right"),
    [
        ("1,234", "1234", True),
        ("1.234", "1234", True),
        ("1.234", "1.234", True),
        ("\N{MINUS SIGN}12,50", "-12.5", True),
        (".5", "0.5", True),
        ("007", "7", True),
        ("12.34", "1234", False),
        ("1234", "-1234", False),
    ],
)
def test_answer_may_be_written_in_any_way(
    modules: "Modules", typed: str, answer: str, right: bool
) -> None:
    judge = """(([typed, answer]) => module.isRight(
      { answer }, module.readAnswer({}, { quotient: typed }), typed))(given)"""
    judged = modules.run("views/practise/answer.js", judge, [typed, answer])
    assert judged == right


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
    with open_view(browser, site.url, "calculate") as visited:
        page = visited.page
        with held_back(page, "**/practise/style.css"):
            page.get_by_role("link", name="Practise").click()
            page.get_by_text("Loading…").wait_for()
            assert page.locator("form.practise-setup").count() == 0
        page.locator("form.practise-setup").wait_for()
        check_quiet(visited)


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


@LOOKS
def test_every_screen_looks_well_to_everybody(
    browser: "Browser", site: "Server", look: dict[str, Any]
) -> None:
    query = "operations=divide,multiply&levels=1,3,4&length=5"
    with visit(browser, site.url, query, **look) as visited:
        page = visited.page
        mark = "." if look["locale"] == "en-US" else ","
        check_look(visited)
        begin(page)
        answer(page, mark, error=1)
        check_look(visited)
        page.keyboard.press("Enter")
        answer(page, mark)
        page.locator("summary").click()
        check_look(visited)
        page.locator(".practise-bar button").click()
        check_look(visited)


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
