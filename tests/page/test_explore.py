"""Explore in a real browser: what it shows is what the service answers."""

import io
from typing import Any

import httpx
import matplotlib.image
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.page.exploring import DRAWN, explore, read_rows
from tests.page.opening import LOOKS, check_look
from tests.service.serving import Server

SUMMARY = "[aria-label='The maps in numbers']"
TWICE, TENFOLD = ("2\N{MULTIPLICATION SIGN} as wide", "10\N{MULTIPLICATION SIGN} as wide")
MINUS = "\N{MINUS SIGN}"
STEPS = np.linspace(-20, 20, 81)


@pytest.fixture(scope="module")
def twice(site: Server) -> dict[str, Any]:
    """What the service says to divisions over twice the trained range."""
    a, b = (axis.ravel() for axis in np.meshgrid(STEPS, STEPS[STEPS != 0]))
    body = {"model": "mlp", "op": "/", "a": a.tolist(), "b": b.tolist(), "exact": True}
    answer = httpx.post(f"{site.url}/predict", json=body, timeout=60).raise_for_status().json()
    errors = np.abs(np.array(answer["predictions"]) - a / b)
    outside = (np.abs(a) > 10) | (np.abs(b) > 10) | (np.abs(b) < 0.1)
    return {"a": a, "b": b, "errors": errors, "outside": outside, **answer}


def test_maps_tell_the_errors_of_the_service_and_open_at_the_worst(
    browser: Browser, site: Server, twice: dict[str, Any]
) -> None:
    errors, outside = twice["errors"], twice["outside"]
    with explore(browser, site.url, "?operation=/&range=2") as visit:
        rows = read_rows(visit.page, SUMMARY)
        reading = visit.page.get_by_role("status").inner_text()
        assert [row[:2] for row in rows[:2]] == [
            ["mlp, version 1", "as trained"], ["mlp, version 1", "outside"],
        ]  # fmt: skip
        for row, cells in zip(rows[:2], (~outside, outside), strict=True):
            assert row[2].split(" of ")[1] == f"{cells.sum():,}"
            assert float(row[3]) == pytest.approx(np.median(errors[cells]), rel=0.006)
            assert float(row[4]) == pytest.approx(errors[cells].max(), rel=0.006)
        assert rows[2][2] == f"{(~outside).sum():,} of {(~outside).sum():,}"  # the unit is exact
    worst = int(errors.argmax())
    a, b = (f"{twice[name][worst]:g}" for name in "ab")
    assert f"{a} ÷ ({b})" in reading or f"{a} ÷ {b}" in reading
    assert f"off by {errors[worst]:.3g}" in reading
    assert "outside what it was trained on" in reading


def test_map_is_darker_where_the_error_is_larger(browser: Browser, site: Server) -> None:
    steps = np.linspace(-10, 10, 81)
    a, b = (axis.ravel() for axis in np.meshgrid(steps, steps))
    body = {"model": "mlp", "op": "*", "a": a.tolist(), "b": b.tolist()}
    answer = httpx.post(f"{site.url}/predict", json=body, timeout=60).json()
    errors = np.abs(np.array(answer["predictions"]) - a * b)
    with explore(browser, site.url, "?operation=*", color_scheme="light") as visit:
        picture = visit.page.locator(".explore-map svg").first
        area = picture.evaluate(
            "svg => [svg.scale('x').range, svg.scale('y').range, svg.getAttribute('width')]"
        )
        image = matplotlib.image.imread(io.BytesIO(picture.screenshot()))
    (left, right), (bottom, top), width = area
    zoom = image.shape[1] / float(width)
    columns = (left + (a + 10.125) / 20.25 * (right - left)) * zoom
    rows = (bottom + (b + 10.125) / 20.25 * (top - bottom)) * zoom
    lightness = image[rows.astype(int), columns.astype(int), :3].mean(axis=1)
    inner = (np.abs(a) < 9) & (np.abs(b) < 9)  # the edge of the trained range is drawn over
    assert np.corrcoef(np.log(errors[inner]), lightness[inner])[0, 1] < -0.9


def test_cells_are_read_and_problems_drawn_on_request(browser: Browser, site: Server) -> None:
    with explore(browser, site.url, "?operation=/") as visit:
        reading = visit.page.get_by_role("status")
        sampled = visit.page.get_by_text("400 problems, 0 of them").inner_text()
        visit.page.get_by_role("button", name="Draw new problems").click()
        expect(visit.page.get_by_text(sampled)).to_have_count(0)
        picture = visit.page.locator(".explore-map svg").nth(1)
        picture.scroll_into_view_if_needed()
        x, y = picture.evaluate("svg => [svg.scale('x').apply(2.5), svg.scale('y').apply(-1.25)]")
        picture.hover(position={"x": x, "y": y})
        expect(reading).to_contain_text("2.5 ÷ (-1.25) = -2")
        expect(visit.page.get_by_text("no answer: nothing can be divided by zero")).to_be_visible()
        visit.page.get_by_label("b =").fill("40")
        expect(reading).to_contain_text("2.5 ÷ 0 has no answer")


def test_keyboard_reaches_every_choice_and_cell(browser: Browser, site: Server) -> None:
    with explore(browser, site.url) as visit:
        keys = visit.page.keyboard
        beside = visit.page.get_by_label("Beside it")
        beside.focus()
        keys.press("Home")
        expect(visit.page.locator(DRAWN)).to_have_count(1)
        expect(beside).to_be_focused()
        keys.press("Tab")
        keys.press("ArrowRight")
        expect(visit.page.get_by_role("heading", name="Map of subtraction")).to_be_visible()
        keys.press("Tab")
        keys.press("ArrowRight")
        expect(visit.page.get_by_role("radio", name=TWICE)).to_be_checked()
        expect(visit.page.locator(".explore-legend")).to_contain_text("outside what it was")
        visit.page.get_by_label("a =").focus()
        keys.press("Home")
        expect(visit.page.get_by_role("status")).to_contain_text(f"-20 {MINUS} ")
        keys.press("ArrowRight")
        expect(visit.page.get_by_role("status")).to_contain_text(f"-19.5 {MINUS} ")
        keys.press("Tab")
        keys.press("End")
        expect(visit.page.get_by_role("status")).to_contain_text(f"-19.5 {MINUS} 20 = -39.5")


def test_address_keeps_the_choice(browser: Browser, site: Server) -> None:
    with explore(browser, site.url, "?model=arithmetic&version=1&with=none&operation=*") as visit:
        page = visit.page
        expect(page.locator(".explore-map")).to_have_count(1)
        page.get_by_role("radio", name=TENFOLD).check()
        page.get_by_label("Beside it").select_option("mlp/1")
        expect(page.locator(DRAWN)).to_have_count(2)
        page.reload()
        expect(page.locator(DRAWN)).to_have_count(2)
        expect(page.get_by_role("radio", name=TENFOLD)).to_be_checked()
        expect(page.get_by_label("Network")).to_have_value("arithmetic/1")
        page.evaluate("location.hash = '#/explore?model=mlp&with=none&operation=/'")
        expect(page.get_by_role("heading", name="Map of division")).to_be_visible()
        expect(page.locator(DRAWN)).to_have_count(1)


@LOOKS
def test_explore_looks_right_and_everybody_can_use_it(
    browser: Browser, site: Server, look: dict[str, Any]
) -> None:
    title, error = {"en-US": ("Explore", "0.0148"), "pt-BR": ("Explorar", "0,0148")}[look["locale"]]
    with explore(browser, site.url, "?operation=/&range=2", **look) as visit:
        visit.page.get_by_text(error).last.wait_for(state="attached")
        visit.page.evaluate("document.querySelectorAll('details').forEach(it => (it.open = true))")
        assert visit.page.locator("h1").inner_text() == title
        expect(visit.page.get_by_text(error).last).to_be_visible()
        check_look(visit)
