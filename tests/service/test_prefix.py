"""Behind a real nginx, under a prefix that it takes off, and under one that it leaves there."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import Browser

from tabuada.artifacts.store import Store
from tests.browser import Visit
from tests.nginx import serve_under
from tests.service.refusal import ROW, check_protocol_refusal, check_refusal
from tests.service.serving import Server

ADMIN = "admin-key-0123456789"
PREFIX = "/school/tabuada"
PROXIED = ("nothing set, taken off", "set, taken off", "set, left there")
DIRECT = ("set, asked directly", "set, asked with it")
# What a browser can tell apart: where it is set, a page is the same whoever takes it off.
BROWSED = pytest.mark.parametrize("name", ["nothing set, taken off", "set, left there"])


@pytest.fixture(scope="module")
def sites(
    server: Server, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Roots as clients see them, without a slash at the end."""
    folder = tmp_path_factory.mktemp("prefix")
    knowing = Server(store.location, folder / "log", root_path=PREFIX, admin_keys=ADMIN)
    knowing.wait_ready()
    fronts = {
        "nothing set, taken off": (server, True),
        "set, taken off": (knowing, True),
        "set, left there": (knowing, False),
    }
    roots = {"set, asked directly": knowing.url, "set, asked with it": knowing.url + PREFIX}
    with ExitStack() as stack:
        for name, (upstream, stripped) in fronts.items():
            own = folder / name.replace(" ", "-")
            own.mkdir()
            proxy = serve_under(upstream.url, PREFIX, own, stripped=stripped)
            roots[name] = stack.enter_context(proxy)
        yield roots
    knowing.stop()


@pytest.fixture(params=PROXIED + DIRECT)
def root(request: pytest.FixtureRequest, sites: dict[str, str]) -> str:
    """The root of one of them."""
    return sites[request.param]


@pytest.mark.parametrize(
    "path",
    [
        "/", "/docs", "/redoc", "/openapi.json", "/health/live", "/health/ready", "/metrics",
        "/models", "/models/mlp/versions/1", "/v2", "/v2/models/mlp", "/static/page/app.js",
    ],
)  # fmt: skip
def test_address_below_the_prefix_is_answered(root: str, path: str) -> None:
    get, head, options = (httpx.request(m, root + path) for m in ("GET", "HEAD", "OPTIONS"))
    assert (get.status_code, head.status_code, options.status_code) == (200, 200, 204), get.text
    assert options.headers["allow"] == "GET, HEAD, OPTIONS"


def test_problem_below_the_prefix_is_answered(root: str) -> None:
    answer = httpx.post(f"{root}/predict", json={"instances": [ROW]})
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Model-Version"] == "2"


def test_refusals_below_the_prefix_have_the_shape_of_their_address(root: str) -> None:
    check_refusal(httpx.get(f"{root}/nowhere"), 404, "not_found", None)
    check_refusal(httpx.delete(f"{root}/predict"), 405, "method_not_allowed", None)
    check_refusal(httpx.post(f"{root}/predict", json={}), 422, "invalid_request", None)
    check_protocol_refusal(httpx.get(f"{root}/v2/models/nope"), 404, "nope")


def test_description_leads_to_addresses_below_the_prefix(root: str) -> None:
    where = f"{root}/openapi.json"
    description = httpx.get(where).json()
    (described,) = description["servers"]
    base = urljoin(where, described["url"])
    assert base == f"{root}/"
    plain = [
        path for path, item in description["paths"].items() if "get" in item and "{" not in path
    ]
    assert len(plain) >= 6
    for path in plain:
        if not path.startswith("/admin"):
            assert httpx.get(base + path[1:]).status_code == 200, path


@pytest.mark.parametrize("name", DIRECT + PROXIED[1:])
def test_prefix_opens_nothing_that_takes_a_key(sites: dict[str, str], name: str) -> None:
    assert httpx.get(f"{sites[name]}/admin/models").status_code == 401
    headers = {"X-API-Key": ADMIN}
    assert httpx.get(f"{sites[name]}/admin/models", headers=headers).status_code == 200


@pytest.mark.parametrize("name", PROXIED + DIRECT[1:])
def test_prefix_without_a_slash_leads_to_the_page(sites: dict[str, str], name: str) -> None:
    answer = httpx.get(f"{sites[name]}?a=b", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.url == f"{sites[name]}/?a=b"
    assert "<title>Tabuada</title>" in answer.text


@pytest.mark.parametrize(
    "path", ["/school/models", "/models/school/tabuada", f"{PREFIX}{PREFIX}/models"]
)
def test_what_only_looks_like_the_prefix_is_none(sites: dict[str, str], path: str) -> None:
    assert httpx.get(sites["set, asked directly"] + path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/openapi.json"])
def test_page_is_the_same_whoever_takes_the_prefix_off(sites: dict[str, str], path: str) -> None:
    taken_off, left = (sites[f"set, {how}"] for how in ("taken off", "left there"))
    there, here = (httpx.get(root + path).text for root in (taken_off, left))
    assert there.replace(taken_off, left) == here


@BROWSED
def test_page_works_below_the_prefix(browser: Browser, sites: dict[str, str], name: str) -> None:
    visit = Visit(browser, sites[name])
    page = visit.page
    page.goto(f"{sites[name]}/")
    for view in ("Practise", "Explore", "Models", "Calculate"):
        page.click(f"nav a[href='#/{view.lower()}']")
        page.wait_for_selector(f"main h1:text-is('{view}')")
    page.wait_for_selector("main h2")  # what a network answered
    assert visit.complaints == []
    assert visit.strangers == []  # whatever is not below the prefix is one
    visit.close()


@BROWSED
def test_try_it_out_works_below_the_prefix(
    browser: Browser, sites: dict[str, str], name: str
) -> None:
    visit = Visit(browser, sites[name])
    page = visit.page
    page.goto(f"{sites[name]}/docs")
    block = page.locator(".opblock-post:has([data-path='/predict'])")
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    with page.expect_response(lambda answer: answer.request.method == "POST") as caught:
        block.locator("button.execute").click()
    assert caught.value.url == f"{sites[name]}/predict"
    assert caught.value.status == 200
    shown = block.locator(".curl-command").inner_text()
    assert f"{sites[name]}/predict" in shown
    assert visit.complaints == []
    assert visit.strangers == []
    visit.close()


@BROWSED
def test_redoc_works_below_the_prefix(browser: Browser, sites: dict[str, str], name: str) -> None:
    visit = Visit(browser, sites[name])
    visit.page.goto(f"{sites[name]}/redoc")
    visit.page.wait_for_selector("h2:has-text('network')")
    shown = re.search(r"<span>(http\S+)</span>(/predict)<", visit.page.content())
    assert shown
    # It writes `/./`, which whoever asks for it leaves out.
    assert urljoin(shown[1] + shown[2], "predict") == f"{sites[name]}/predict"
    assert visit.complaints == []
    assert visit.strangers == []
    visit.close()
