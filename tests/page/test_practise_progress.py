"""What the browser keeps of a learner's practice: when things return, files, damage."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.practising import PROGRESS, answer, begin, kept_progress, visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.page.node import Modules
    from tests.service.serving import Server

_VIEW = "views/practise/"
_CARD = {
    "due": "2026-12-01T10:00:00.000Z",
    "last_review": "2026-11-24T10:00:00.000Z",
    "stability": 7.2,
    "difficulty": 5.1,
    "elapsed_days": 0,
    "scheduled_days": 7,
    "learning_steps": 0,
    "reps": 2,
    "lapses": 0,
    "state": 2,
}
_PROGRESS = {
    "kind": "tabuada-practice",
    "format": 1,
    "cards": {"multiply.1.7.8": _CARD},
    "days": {"2026-11-24": {"answered": 3, "right": 2, "new": 1}},
}


@pytest.fixture
def page(browser: "Browser", site: "Server") -> "Iterator[Page]":
    with visit(browser, site.url, "operations=multiply&levels=1&length=5") as visited:
        yield visited.page


@pytest.fixture(scope="module")
def settled(browser: "Browser", site: "Server") -> "Iterator[Page]":
    """A page with progress, for tests that change nothing of it."""
    with visit(browser, site.url) as visited:
        text = json.dumps(_PROGRESS)
        visited.page.evaluate(f"(text) => localStorage.setItem('{PROGRESS}', text)", text)
        visited.page.reload()
        visited.page.wait_for_selector("form.practise-setup")
        yield visited.page


def damaged(**changes: Any) -> dict[str, Any]:
    """Return a progress of one card with some of its values changed."""
    progress = copy.deepcopy(_PROGRESS)
    progress["cards"]["multiply.1.7.8"].update(changes)  # type: ignore[index]
    return progress


def rate(modules: "Modules", *ratings: str) -> list[dict[str, Any]]:
    """Review one skill with these ratings, each when it is due, and return its cards."""
    body = """given.reduce((cards, rating) => {
      const now = new Date(cards.at(-1)?.due ?? "2026-11-24T10:00:00.000Z");
      return [...cards, module.review(cards.at(-1), rating, now)];
    }, [])"""
    cards: list[dict[str, Any]] = modules.run(f"{_VIEW}scheduler.js", body, ratings)
    return cards


def interval(card: dict[str, Any]) -> timedelta:
    """Return how long after its last review a card is due."""
    return datetime.fromisoformat(card["due"]) - datetime.fromisoformat(card["last_review"])


def test_what_is_known_waits_longer_each_time_and_what_is_missed_comes_soon(
    modules: "Modules",
) -> None:
    waits = [interval(card) for card in rate(modules, *["good"] * 6)]
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(days=21)
    *_, missed = rate(modules, *["good"] * 5, "again")
    assert interval(missed) < timedelta(hours=1)
    assert missed["lapses"] == 1
    hard, good, easy = (interval(rate(modules, rating)[0]) for rating in ("hard", "good", "easy"))
    assert hard < good < easy


def choose(modules: "Modules", asked: dict[str, bool], new_today: int = 0) -> str:
    """Return the skill that comes after these, where four are begun and two of them due."""
    late = {"due": "2026-11-20T20:00:00.000Z", "last_review": "2026-11-20T10:00:00.000Z"}
    later = {"due": "2026-11-01T20:00:00.000Z", "last_review": "2026-11-01T10:00:00.000Z"}
    cards = {
        "multiply.1.7.8": _CARD | late,
        "multiply.1.6.9": _CARD | later,
        "add.1.2.3": _CARD | later,
        "multiply.1.3.4": _CARD | {"due": "2027-01-01T10:00:00.000Z"},
    }
    given = {
        "progress": {"cards": cards, "days": {"2026-11-24": {"new": new_today}}},
        "choice": {"operations": ["*"], "levels": [1]},
        "asked": [{"skill": skill, "right": right} for skill, right in asked.items()],
    }
    body = "module.chooseSkill({ ...given, now: new Date(2026, 10, 24, 22), random: () => 0.5 }).id"
    return str(modules.run(f"{_VIEW}choose.js", body, given))


def test_due_skills_come_first_the_most_forgotten_before_others(modules: "Modules") -> None:
    assert choose(modules, {}) == "multiply.1.6.9"
    assert choose(modules, {"multiply.1.6.9": True}) == "multiply.1.7.8"


def test_missed_skill_comes_back_before_what_is_due(modules: "Modules") -> None:
    asked = {"multiply.1.5.5": False, "multiply.1.2.2": True, "multiply.1.3.3": True}
    assert choose(modules, asked) == "multiply.1.5.5"


def test_new_skills_come_when_nothing_is_due_as_many_as_a_day_allows(modules: "Modules") -> None:
    asked = {"multiply.1.6.9": True, "multiply.1.7.8": True}
    begun = {"multiply.1.7.8", "multiply.1.6.9", "multiply.1.3.4"}
    assert choose(modules, asked, new_today=19) not in begun
    assert choose(modules, asked, new_today=20) == "multiply.1.3.4"


def test_progress_and_session_survive_a_reload(page: "Page") -> None:
    begin(page)
    skill = answer(page)["skill"]
    page.reload()
    page.wait_for_selector(".practise-after")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Next").click()
    answer(page)
    assert skill in kept_progress(page)["cards"]
    assert len(kept_progress(page)["cards"]) == 2


def test_what_was_practised_is_due_again_weeks_later(page: "Page") -> None:
    begin(page)
    answer(page)
    page.get_by_role("button", name="Stop here").click()
    page.get_by_role("button", name="Choose something else").click()
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=90))
    page.reload()
    page.get_by_text("1 to repeat, up to 20 new").wait_for()


def test_file_takes_progress_to_another_browser(
    browser: "Browser", site: "Server", page: "Page", tmp_path: Path
) -> None:
    begin(page)
    answer(page)
    page.get_by_role("button", name="Stop here").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    kept = kept_progress(page)
    assert json.loads(file.read_text()) == kept
    with visit(browser, site.url) as other:
        other.page.set_input_files("input[type=file]", file)
        other.page.get_by_text("Read: 1 kinds of exercise.").wait_for()
        assert kept_progress(other.page) == kept


def test_reading_a_file_keeps_the_later_practice(page: "Page", tmp_path: Path) -> None:
    ours = damaged(last_review="2026-11-25T10:00:00.000Z", reps=9)
    page.evaluate(f"(text) => localStorage.setItem('{PROGRESS}', text)", json.dumps(ours))
    page.reload()
    theirs = damaged()
    theirs["cards"]["add.1.2.3"] = _CARD
    theirs["cards"]["fraction.9.later-skill"] = _CARD  # what only a later page knows is kept
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps(theirs))
    page.set_input_files("input[type=file]", file)
    page.get_by_text("Read: 3 kinds of exercise.").wait_for()
    cards = kept_progress(page)["cards"]
    assert cards["multiply.1.7.8"]["reps"] == 9
    assert set(cards) == {"multiply.1.7.8", "add.1.2.3", "fraction.9.later-skill"}
    assert page.get_by_role("cell", name="1 of 5").count() == 2, "of 58 additions, 59 products"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a progress file"),
        ('{"cards": {}}', "not a progress file"),
        (json.dumps(_PROGRESS | {"format": 2}), "newer version"),
        (json.dumps(_PROGRESS | {"format": "1"}), "At format, 1 was expected"),
        (json.dumps(_PROGRESS | {"cards": []}), "At cards"),
        (json.dumps(damaged(stability=-1)), "At cards.multiply.1.7.8.stability"),
        (json.dumps(damaged(stability=None)), "but null is there"),
        (json.dumps(damaged(due="soon")), "At cards.multiply.1.7.8.due"),
        (json.dumps(damaged(due="2026-13-01T10:00:00.000Z")), "At cards.multiply.1.7.8.due"),
        (json.dumps(damaged(state=4)), "At cards.multiply.1.7.8.state"),
        (json.dumps(_PROGRESS | {"cards": {"<img>": _CARD}}), "At cards"),
        (
            json.dumps(_PROGRESS)[:-2].replace('"cards": {', '"cards": {"__proto__": {},') + "}}",
            "At",
        ),
        (json.dumps(_PROGRESS | {"days": {"2026-11-24": {}}}), "At days.2026-11-24.answered"),
    ],
)
def test_damaged_file_changes_nothing(
    settled: "Page", tmp_path: Path, content: str, reason: str
) -> None:
    file = tmp_path / "damaged.json"
    file.write_text(content)
    settled.set_input_files("input[type=file]", file)
    said = settled.get_by_role("alert").filter(has_text=reason)
    said.wait_for()
    assert "unchanged" in said.inner_text()
    assert kept_progress(settled) == _PROGRESS


@pytest.mark.parametrize("kept", ["{ damaged", json.dumps(_PROGRESS | {"format": 2})])
def test_kept_text_that_cannot_be_read_is_left_until_the_learner_decides(
    page: "Page", kept: str
) -> None:
    page.evaluate(f"(text) => localStorage.setItem('{PROGRESS}', text)", kept)
    page.reload()
    assert "cannot be read" in page.get_by_role("alert").inner_text()
    begin(page)
    answer(page)
    assert page.evaluate(f"localStorage.getItem('{PROGRESS}')") == kept
    with page.expect_download() as download:
        page.get_by_role("button", name="Save what is there").click()
    assert Path(download.value.path()).read_text() == kept
    page.get_by_role("button", name="Delete it and start afresh").click()
    assert page.get_by_role("alert").count() == 0
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next").click()
    answer(page)
    assert len(kept_progress(page)["cards"]) == 1


def test_deleting_asks_first_and_leaves_nothing(page: "Page") -> None:
    page.evaluate(f"(text) => localStorage.setItem('{PROGRESS}', text)", json.dumps(_PROGRESS))
    page.reload()
    page.get_by_role("button", name="Delete all").click()
    page.keyboard.press("Escape")
    assert kept_progress(page) == _PROGRESS
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("All progress is deleted.").wait_for()
    assert page.evaluate(f"localStorage.getItem('{PROGRESS}')") is None
    assert page.get_by_text("Nothing practised yet.").is_visible()


def test_two_tabs_keep_what_both_do(page: "Page") -> None:
    other = page.context.new_page()
    other.goto(page.url)
    begin(page)
    begin(other)
    skills = {answer(page)["skill"]}
    skills.add(answer(other)["skill"])
    page.get_by_role("button", name="Next").click()
    skills.add(answer(page)["skill"])
    assert set(kept_progress(page)["cards"]) == skills


def test_browser_that_keeps_nothing_says_so(browser: "Browser", site: "Server") -> None:
    with visit(browser, site.url, "operations=add&levels=1&length=5") as visited:
        page = visited.page
        page.add_init_script(
            "Storage.prototype.getItem = Storage.prototype.setItem ="
            " () => { throw new DOMException('refused', 'SecurityError'); }"
        )
        page.reload()
        page.get_by_text("This browser keeps nothing for this page.").wait_for()
        begin(page)
        assert page.locator(".practise-question").is_visible()
