"""A program that uses the client, as its types see it: `make check` reads this file strictly."""

import asyncio
from typing import TYPE_CHECKING, assert_type

import numpy as np

from tabuada.client import (
    AsyncClient,
    Client,
    Columns,
    Evaluation,
    Labelled,
    ModelSummary,
    Predictions,
    Readiness,
    Sample,
    Unavailable,
)
from tabuada.manifests.manifest import Manifest
from tests.service.serving import Server


def ask_everything(url: str) -> float:
    with Client(url, timeout_s=20, attempts=3) as client:
        assert_type(client.ready(), Readiness)
        assert_type(client.models(), tuple[ModelSummary, ...])
        assert_type(client.manifest("mlp", 1), Manifest)
        answer = client.predict(["4.93 + 4.02"], model="mlp", label="stable", exact=True)
        assert_type(answer, Predictions)
        assert_type(answer.exact, tuple[float, ...] | None)
        client.predict([(1, "+", 2.5), (3, "×", 4)])  # noqa: RUF001 -- as people type it
        client.predict(Columns(np.arange(3.0), "+", [1, 2, 3]))
        assert_type(client.evaluate(Sample(n=10, operations=["+"])), Evaluation)
        report = client.evaluate(Labelled([(1, "+", 2)], [3]), timeout_s=5)
        try:
            client.ready(timeout_s=10)
        except Unavailable as error:
            assert_type(error.retry_after_s, float | None)
        return report.overall.mae


async def ask_at_a_time(url: str) -> list[Predictions]:
    async with AsyncClient(url) as client:
        return list(await asyncio.gather(*(client.predict(f"{i} + {i}") for i in range(3))))


if TYPE_CHECKING:  # What must not pass: strict mode complains of an ignore that is not needed.

    def misuse(client: Client) -> None:
        client.predict([1.5])  # type: ignore[arg-type]
        client.predict([(1, 2, 3)])  # type: ignore[arg-type]
        client.predict("1 + 1", "mlp")  # type: ignore[call-arg]
        client.evaluate({"n": 1})  # type: ignore[arg-type]
        client.ready().version = 3  # type: ignore[misc]


def test_example_runs_as_it_is_typed(server: Server) -> None:
    assert ask_everything(server.url) > 0
    assert [len(answer.predictions) for answer in asyncio.run(ask_at_a_time(server.url))] == [1] * 3
