"""A network that does something else than calculate breaks no view, and is named where chosen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, Route, expect

from tests.browser import Visit
from tests.page.exploring import DRAWN
from tests.page.opening import check_quiet, open_view
from tests.service.serving import Server

_LISTING = {
    "model": "tutor",
    "versions": [1],
    "labels": {},
    "default_version": 1,
    "serving_version": 1,
}
_TENSOR = {"name": "answer", "dtype": "float32", "shape": [-1, 12]}


def describe(site: Server, **changes: Any) -> dict[str, Any]:
    """Return a manifest of another task: all that every version has, and none of the rest."""
    known = httpx.get(f"{site.url}/models/mlp/versions/1").json()
    return {
        **known,
        "model": "tutor",
        "family": "forest",
        "task": "diagnosis",
        "signature": {"inputs": [_TENSOR], "outputs": [{**_TENSOR, "name": "slip"}]},
        "metrics": {"accuracy": 0.93},
        "files": {},
        **changes,
    }


@contextmanager
def open_beside(
    browser: Browser, site: Server, view: str, manifest: dict[str, Any]
) -> Iterator[Visit]:
    """Open a view of a service that also holds the model `tutor`, first of all."""
    listed = httpx.get(f"{site.url}/models").json()["models"]

    def list_models(route: Route) -> None:
        route.fulfill(json={"models": [_LISTING, *listed]})

    with open_view(browser, site.url, "practise") as visit:
        visit.page.route("**/models", list_models)
        visit.page.route("**/predict", lambda route: answer_as_tutor(route, site))
        visit.page.route(
            "**/models/tutor/versions/1",
            lambda route: route.fulfill(body=json.dumps(manifest), content_type="application/json"),
        )
        visit.page.goto(f"{site.url}/#/{view}")
        yield visit
        check_quiet(visit)


def test_problem_is_asked_of_those_that_calculate(browser: Browser, site: Server) -> None:
    with open_beside(browser, site, "calculate?expression=7*8", describe(site)) as visit:
        expect(visit.page.locator("article.calculate-answer")).to_have_count(2)
        expect(visit.page.get_by_role("heading", level=2)).to_contain_text("= 56")
        assert "tutor" not in visit.page.locator("main").inner_text()


def test_only_those_that_calculate_are_explored(browser: Browser, site: Server) -> None:
    with open_beside(browser, site, "explore?model=tutor&with=mlp", describe(site)) as visit:
        expect(visit.page.get_by_text("does something else than calculate")).to_be_visible()
        expect(visit.page.locator(DRAWN)).to_have_count(1)
        visit.page.get_by_label("Network").select_option("arithmetic/1")
        expect(visit.page.locator(DRAWN)).to_have_count(2)
        expect(visit.page.get_by_text("does something else than calculate")).to_have_count(0)


def test_what_it_does_is_named_among_the_models(browser: Browser, site: Server) -> None:
    with open_beside(browser, site, "models?model=tutor", describe(site)) as visit:
        main = visit.page.locator("main")
        expect(main).to_contain_text("its task is “diagnosis”")
        expect(main).to_contain_text("learning_rate")
        assert "What it was trained on" not in main.inner_text()


def test_network_of_a_family_unknown_here_is_shown_by_how_it_answers(
    browser: Browser, site: Server
) -> None:
    known = httpx.get(f"{site.url}/models/mlp/versions/1").json()
    fields = {"signature": known["signature"], "metrics": known["metrics"], "task": "calculation"}
    forest = describe(site, answers_by="computation", **fields)
    with open_beside(browser, site, "calculate?expression=7*8", forest) as visit:
        article = visit.page.locator("article.calculate-answer").first
        expect(article).to_contain_text("tutor")
        expect(article).to_have_attribute("data-answers", "computation")
        expect(article).to_contain_text("really multiplies")


def answer_as_tutor(route: Route, site: Server) -> None:
    """Let the arithmetic unit answer for the model that is not there."""
    body: dict[str, Any] = route.request.post_data_json or {}
    body["model"] = "arithmetic" if body["model"] == "tutor" else body["model"]
    route.fulfill(json=httpx.post(f"{site.url}/predict", json=body).json())
