"""Every operation of the OpenAPI description, asked in ways that nobody would think of.

Each answer must be one that the description knows: its status, its media type, its schema. None
may be a 5xx, which for a service without other load includes 503, and none may be long in coming.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.schema_cases import (
    Operation,
    Tally,
    find_edge_cases,
    send_drawn_cases,
    send_edge_cases,
    share_cases,
)
from tests.service.serving import Server
from tests.service.test_predict import make_rows, predict

ADMIN_KEY = "admin-key-0123456789"


@pytest.fixture(scope="module")
def fuzzed(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service of this module's own, over a store of its own."""
    folder = tmp_path_factory.mktemp("fuzzed")
    shutil.copytree(store.location, folder / "artifacts")
    server = Server(folder / "artifacts", folder / "log", body_timeout_s=20, max_sample_rows=50_000)
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture
def schema(fuzzed: Server) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{fuzzed.url}/openapi.json")


def find_operations(schema: BaseSchema) -> list[Operation]:
    operations: list[Operation] = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found.err()
        operations.append(found.ok())
    return operations


def check_unharmed(server: Server) -> None:
    assert server.process.poll() is None
    log = server.log()
    assert "Traceback" not in log, log[-5000:]
    with httpx.Client(base_url=server.url) as client:
        rows = make_rows(3)
        a, op, b = zip(*rows, strict=True)
        assert len(predict(client, a=a, op=op, b=b)["predictions"]) == 3


def draw_and_send(
    schema: BaseSchema, server: Server, total: int, part: slice = slice(None)
) -> dict[str, Tally]:
    """Send drawn requests, `total` to all operations, and return what came of those of a part."""
    operations = find_operations(schema)
    shares = list(zip(operations, share_cases(operations, total), strict=True))
    assert sum(cases for _, cases in shares) >= total
    shares.sort(key=lambda share: share[1])
    tallies = {}
    for operation, cases in shares[part]:
        tally = send_drawn_cases(operation, server.url, cases)
        assert tally.cases >= cases, (operation.label, tally)
        tallies[operation.label] = tally
    return tallies


def check_reached(tallies: dict[str, Tally], *rarely: str) -> None:
    """Make sure that requests came through to the networks, and not only to the gatekeepers.

    Args:
        tallies: What came of the requests, by operation.
        rarely: Operations that a few hundred drawn requests may all miss.
    """
    for label, tally in tallies.items():
        assert tally.statuses[200] or label in rarely, (label, tally)


def test_every_rule_of_the_description_is_kept_at_its_edges(
    schema: BaseSchema, fuzzed: Server
) -> None:
    sent = 0
    for operation in find_operations(schema):
        tally = send_edge_cases(find_edge_cases(schema, operation), fuzzed.url)
        assert tally.cases >= 8, (operation.label, tally)
        sent += tally.cases
    assert sent >= 500
    check_unharmed(fuzzed)


def test_description_is_valid(schema: BaseSchema) -> None:
    schema.validate()


def test_service_without_versions_answers_as_described(
    start_server: StartServer, tmp_path: Path
) -> None:
    empty = start_server(tmp_path / "artifacts")
    schema = schemathesis.openapi.from_url(f"{empty.url}/openapi.json")
    statuses: Counter[int] = Counter()
    for operation in find_operations(schema):
        # The description says of every 503 that it tells when to come back.
        cases = find_edge_cases(schema, operation)
        statuses += send_edge_cases(cases, empty.url, not_a_server_error).statuses
    assert {status for status in statuses if status >= 500} == {503}, statuses
    assert "Traceback" not in empty.log()


def test_administrators_routes_keep_every_rule_at_its_edges(
    start_server: StartServer, store: Store, tmp_path: Path
) -> None:
    shutil.copytree(store.location, tmp_path / "artifacts")
    server = start_server(tmp_path / "artifacts", admin_keys=ADMIN_KEY)
    server.wait_ready()
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    statuses: Counter[int] = Counter()
    for operation in find_operations(schema):
        if operation.path.startswith("/admin/"):
            cases = find_edge_cases(schema, operation)
            tally = send_edge_cases(cases, server.url, key=ADMIN_KEY)
            assert tally.cases >= 2, (operation.label, tally)
            statuses += tally.statuses
    assert statuses[200] > 2
    assert statuses[404] > 2
    check_unharmed(server)


def test_every_503_is_described_with_when_to_try_again(schema: BaseSchema) -> None:
    for operation in find_operations(schema):
        described = operation.definition.raw["responses"].get("503")
        if described:
            assert described["headers"]["Retry-After"]["required"], operation.label


def test_a_description_that_lies_is_noticed(fuzzed: Server) -> None:
    description = httpx.get(f"{fuzzed.url}/openapi.json").json()
    del description["paths"]["/predict"]["post"]["responses"]["422"]
    schema = schemathesis.openapi.from_dict(description)
    with pytest.raises(FailureGroup, match="422"):
        send_edge_cases(find_edge_cases(schema, schema["/predict"]["post"]), fuzzed.url)


def test_drawn_requests_are_answered_as_described(schema: BaseSchema, fuzzed: Server) -> None:
    tallies = draw_and_send(schema, fuzzed, 600)
    # One body in ten means something; the slow test draws enough of them for each operation.
    posts = [label for label in tallies if label.startswith("POST ")]
    check_reached(tallies, *posts)
    assert sum(tallies[label].statuses[200] for label in posts) > 0
    check_unharmed(fuzzed)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))  # of the operations: processes share them
def test_twenty_thousand_requests_are_answered_as_described(
    schema: BaseSchema, fuzzed: Server, part: int
) -> None:
    check_reached(draw_and_send(schema, fuzzed, 20_000, slice(part, None, 4)))
    check_unharmed(fuzzed)
