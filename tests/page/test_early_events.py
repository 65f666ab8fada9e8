"""What a person does before the page has come to rest is not lost.

Effects run after the first paint: much later, on a busy device. Here they run when the test says.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.page.opening import check_quiet, open_view
from tests.page.practising import answer, begin, kept_progress, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

    from tests.service.serving import Server

_HOLD = """async () => {
  const preact = document.querySelector("link[rel=modulepreload][href$='/preact.js']").href;
  const { options } = await import(preact);  // the page's own, which its address names
  const held = [];
  options.requestAnimationFrame = (flush) => held.push(flush);
  globalThis.releaseEffects = () => held.splice(0).forEach((flush) => flush());
}"""


@contextmanager
def held_effects(page: "Page") -> "Iterator[Callable[[], None]]":
    """Hold back all effects of the page; what is yielded lets those go that wait by then."""
    page.evaluate(_HOLD)
    yield lambda: page.evaluate("releaseEffects()")


def test_answer_before_any_effect_is_counted(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url, "operations=multiply&levels=1&length=5") as visited:
        page = visited.page
        with held_effects(page):
            begin(page)
            skills = []
            for _ in range(3):
                skills.append(answer(page)["skill"])
                assert "✓" in page.locator(".practise-verdict").inner_text()
                page.keyboard.press("Enter")
        assert kept_progress(page)["cards"].keys() == set(skills)


def test_answer_is_given_once_whatever_is_pressed_after_it(
    browser: "Browser", site: "Server"
) -> None:
    with visit(browser, site.url, "operations=multiply&levels=1&length=5") as visited:
        page = visited.page
        begin(page)
        answer(page)
        page.locator(".practise-question input").press("Enter")  # it only shows what was typed
        (day,) = kept_progress(page)["days"].values()
        assert day["answered"] == 1


def test_time_away_before_any_effect_is_no_time_spent(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url, "operations=multiply&levels=1&length=5") as visited:
        page = visited.page
        with held_effects(page):
            begin(page)
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            answer(page)
        # Too quick an answer to be anything but easy, had the learner stayed.
        assert page.get_by_label("Fine").is_checked()


def test_problem_typed_before_any_effect_is_asked(browser: "Browser", site: "Server") -> None:
    with open_view(browser, site.url, "models") as visited:
        page = visited.page
        page.locator("#models-chosen").wait_for()
        with held_effects(page) as release:
            page.get_by_role("link", name="Calculate", exact=True).click()
            page.wait_for_function("document.title.startsWith('Models')")
            release()  # the view is fetched and drawn; its own effects wait
            entry = page.get_by_role("textbox")
            entry.press("End")
            entry.press_sequentially("25")
            assert entry.input_value() == "6.3 ÷ −0.625"  # noqa: RUF001 -- as the page writes it
            page.keyboard.press("Enter")
            page.wait_for_function("document.querySelector('.calculate-chip') !== null")
            release()
            page.get_by_role("heading", level=2).get_by_text("= −10.08").wait_for()  # noqa: RUF001
        check_quiet(visited)


def test_view_that_was_left_says_nothing_of_what_it_lacks(
    browser: "Browser", site: "Server"
) -> None:
    with open_view(browser, site.url, "models") as visited:
        page = visited.page
        page.locator("#models-chosen").wait_for()
        held: list[Route] = []

        def hold(route: "Route") -> None:
            held.append(route)

        page.route("**/views/calculate/view.js", hold)
        page.get_by_role("link", name="Calculate", exact=True).click()
        page.get_by_text("Loading…").wait_for()
        page.get_by_role("link", name="Models", exact=True).click()
        page.locator("#models-chosen").wait_for()
        with page.expect_event("requestfailed"):
            held[0].abort()
        page.evaluate("new Promise((done) => setTimeout(done))")
        assert page.get_by_role("alert").count() == 0
        assert page.locator("#models-chosen").is_visible()
