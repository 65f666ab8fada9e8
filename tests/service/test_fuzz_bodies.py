"""Hostile bodies over a real port.

Each is answered 2xx or 4xx, in shape and in time, and the service goes on as if nothing had been.
"""

import asyncio
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import httpx
import pytest
from fastapi.openapi.models import Example
from hypothesis import strategies as st

from service.open_inference.examples import INFERENCE_EXAMPLES
from service.tasks.calculation.examples import EVALUATE_EXAMPLES, PREDICT_EXAMPLES
from tabuada.artifacts.store import Store
from tests.service.asker import Asker
from tests.service.drawing import try_each
from tests.service.hostile import (
    hostile_values,
    lying_tensors,
    mangled_bytes,
    spoiled_trees,
    write_json,
)
from tests.service.refusal import JSON
from tests.service.serving import Server
from tests.service.tensors import BINARY, INFER, LENGTH
from tests.service.test_predict import Networks, make_rows
from tests.service.tiny import check_answers
from tests.service.unharmed import DEADLINE_S, check_answer, check_still_answers, come_through

# A few of each by default, many in the slow suite.
EXAMPLES = pytest.mark.parametrize("examples", [40, pytest.param(2000, marks=pytest.mark.slow)])
FEWER_EXAMPLES = pytest.mark.parametrize(
    "examples", [40, pytest.param(200, marks=pytest.mark.slow)]
)


def _read_values(examples: dict[str, Example]) -> list[Any]:
    return [example["value"] for example in examples.values()]


GOOD: dict[str, list[dict[str, Any]]] = {
    "/predict": _read_values(PREDICT_EXAMPLES),
    "/evaluate": [{"sample": {"n": 10}}, *_read_values(EVALUATE_EXAMPLES)],
    INFER: _read_values(INFERENCE_EXAMPLES),
}
# What is sent to the last is sent to the same of one version as well.
PATHS = pytest.mark.parametrize("path", GOOD, ids=["predict", "evaluate", "infer"])
OF_ONE_VERSION = {INFER: "/v2/models/mlp/versions/3/infer"}

Headers = Mapping[str, str]
_GOOD_REQUEST = (b'{"a":[1,2],"op":"+","b":[3,4]}', JSON)


@pytest.fixture(scope="module")
def attacked(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with tight limits, that has worked a little so that its memory has settled."""
    log = tmp_path_factory.mktemp("attacked") / "log"
    server = Server(
        store.location, log, max_body_bytes=2**20, body_timeout_s=20, max_sample_rows=20_000
    )
    server.wait_ready()
    with httpx.Client(base_url=server.url) as client:
        for _ in range(20):
            check_still_answers(client)
            for content in (b'{"a":[' + b"1," * 90_000 + b'1],"op":"+","b":[1]}', b"[" * 900_000):
                client.post("/predict", content=content, headers=JSON)
            client.post(INFER, json=GOOD[INFER][0])
            client.post("/evaluate", json=GOOD["/evaluate"][0])
    yield server
    server.stop()


def attack(
    server: Server, path: str, bodies: st.SearchStrategy[tuple[bytes, Headers]], examples: int
) -> None:
    """Send bodies to one address, and something good after each."""
    sent: list[int] = []
    paths = [path, *(OF_ONE_VERSION[path] for _ in range(path in OF_ONE_VERSION))]
    with come_through(server), closing(Asker(server.port)) as asker:

        def send(body: tuple[bytes, Headers]) -> None:
            for each in paths:
                status, media, content = asker.post(each, *body)
                check_answer(status, media, content, each)
                sent.append(status)
            status, _, content = asker.post("/predict", *_GOOD_REQUEST)
            assert status == 200, content
            assert len(json.loads(content)["predictions"]) == 2

        try_each(bodies, examples, send)
    assert len(sent) >= examples * len(paths)


@pytest.mark.parametrize("examples", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_good_answers_stay_right_among_hostile_requests(
    attacked: Server, networks: Networks, examples: int
) -> None:
    hostile = st.one_of(spoiled_trees(GOOD["/predict"]).map(write_json), mangled_bytes([b"[[1]]"]))

    async def ask(client: httpx.AsyncClient, seed: int) -> None:
        rows = make_rows(seed % 5 + 1, seed)
        a, op, b = zip(*rows, strict=True)
        answer = await client.post("/predict", json={"a": a, "op": op, "b": b})
        check_answers(answer.json()["predictions"], networks[2].forward(rows))

    async def ask_all(bodies: list[bytes]) -> None:
        async with httpx.AsyncClient(base_url=attacked.url, timeout=DEADLINE_S) as client:
            attacks = (client.post("/predict", content=body, headers=JSON) for body in bodies)
            answers = (ask(client, seed) for seed in range(len(bodies)))
            await asyncio.gather(*attacks, *answers)

    with come_through(attacked):
        bodies = st.lists(hostile, min_size=10, max_size=40)
        try_each(bodies, examples, lambda drawn: asyncio.run(ask_all(drawn)))


def declare_json(contents: st.SearchStrategy[bytes]) -> st.SearchStrategy[tuple[bytes, Headers]]:
    return contents.map(lambda content: (content, JSON))


@EXAMPLES
@PATHS
def test_spoiled_request_is_answered(attacked: Server, path: str, examples: int) -> None:
    attack(attacked, path, declare_json(spoiled_trees(GOOD[path]).map(write_json)), examples)


@EXAMPLES
@PATHS
def test_mangled_request_is_answered(attacked: Server, path: str, examples: int) -> None:
    good = [write_json(body) for body in map(dict, GOOD[path])]
    attack(attacked, path, declare_json(mangled_bytes(good)), examples)


@FEWER_EXAMPLES
@PATHS
def test_hostile_value_in_place_of_a_request_is_answered(
    attacked: Server, path: str, examples: int
) -> None:
    attack(attacked, path, declare_json(hostile_values.map(write_json)), examples)


@EXAMPLES
def test_tensors_that_lie_are_answered(attacked: Server, examples: int) -> None:
    attack(attacked, INFER, lying_tensors(), examples)


@FEWER_EXAMPLES
@PATHS
def test_compressed_body_is_answered(attacked: Server, path: str, examples: int) -> None:
    good = write_json(GOOD[path][0])
    bomb = gzip.compress(b" " * 10_000_000)
    bodies = st.tuples(
        st.sampled_from([gzip.compress(good), zlib.compress(good), bomb, good, b"\x1f\x8b", b""]),
        st.fixed_dictionaries(
            {
                "Content-Type": st.sampled_from(["application/json", *BINARY.values()]),
                "Content-Encoding": st.sampled_from(
                    ["gzip", "deflate", "br", "zstd", "gzip, gzip", "identity", "", "x" * 1000, ","]
                ),
            }
        ),
    )
    attack(attacked, path, bodies, examples)


@FEWER_EXAMPLES
@PATHS
def test_body_declared_as_anything_is_answered(attacked: Server, path: str, examples: int) -> None:
    good = write_json(GOOD[path][0])
    visible = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
    media = st.sampled_from(
        ["application/json; charset=utf-16", "application/json;charset=\x80", "*/*", "json", ";",
         "application/x-pickle", "multipart/form-data", "multipart/form-data; boundary=",
         "application/+json", "APPLICATION/JSON", "application/json, text/plain", "a/" * 3000]
    )  # fmt: skip
    headers = st.fixed_dictionaries(
        {"Content-Type": st.one_of(media, visible)},
        optional={LENGTH: st.one_of(visible, st.integers(-10, 1000).map(str))},
    )
    contents = st.one_of(
        st.just(good), st.sampled_from([b"", b"a=1&b=2", good.decode().encode("utf-16")])
    )
    attack(attacked, path, st.tuples(contents, headers), examples)
