"""`/docs` and `/redoc` in a real browser: each operation is executed as it stands on the page."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from tests.browser import Visit
from tests.description.cases import ADMIN_KEY
from tests.description.conftest import Description
from tests.description.reading import list_operations
from tests.nginx import serve_under
from tests.service.serving import Server

PREFIX = "/school/tabuada"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["directly", "behind a prefix"])
def root(
    request: pytest.FixtureRequest, described: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The root of the service as the browser sees it, without a slash."""
    if request.param == "directly":
        yield described.url
    else:
        with serve_under(described.url, PREFIX, tmp_path_factory.mktemp("proxy")) as root:
            yield root


def test_every_operation_runs_as_it_stands(
    browser: Browser, root: str, description: Description
) -> None:
    visit = Visit(browser, root, viewport={"width": 1280, "height": 1000})
    page = visit.page
    page.goto(f"{root}/docs")
    page.wait_for_selector(".opblock")
    _authorize(page)
    operations = list_operations(description)
    for method, path, told in sorted(operations, key=lambda each: each.method == "delete"):
        block = page.locator(f".opblock-{method}:has([data-path='{path}'])")
        values = {p["name"]: p.get("example") for p in told.get("parameters", [])}
        with page.expect_response(lambda answer: answer.request.resource_type == "fetch") as caught:
            _execute(block)
        answer = caught.value
        assert answer.status == 200, (path, answer.text())
        assert answer.url == root + path.format(**values)
        sent = answer.request.all_headers()
        assert not {"x-request-id", "x-request-timeout", "if-none-match"} & set(sent), path
        assert answer.url in block.locator(".curl-command").inner_text()
        block.locator(".opblock-summary-control").click()
    assert visit.complaints == []
    assert visit.strangers == []
    visit.close()


def _authorize(page: Any) -> None:
    """Give the administrator's key, as people do."""
    page.locator(".btn.authorize").first.click()
    page.locator("#api_key_value, input[aria-label='auth-api-key-value']").first.fill(ADMIN_KEY)
    page.locator(".auth-container .btn.authorize").first.click()
    page.locator(".modal-ux .btn-done").first.click()


def _execute(block: Locator) -> None:
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    block.locator("button.execute").click()


def test_reading_page_loads_without_an_error(browser: Browser, root: str) -> None:
    visit = Visit(browser, root)
    visit.page.goto(f"{root}/redoc")
    visit.page.wait_for_selector("h2:has-text('network')")
    visit.page.wait_for_load_state("networkidle")
    assert visit.complaints == []
    assert visit.strangers == []
    visit.close()
