"""`POST /predict` against an independent forward pass and closed forms."""

import asyncio
import json
import random
from typing import Any

import httpx
import pytest

from tests.service.serving import Server
from tests.service.tiny import OPERATIONS, TinyNetwork, check_answers

Rows = list[tuple[float, str, float]]
Networks = dict[int, TinyNetwork]


def make_rows(n: int, seed: int = 5) -> Rows:
    draw = random.Random(seed)
    return [
        (draw.uniform(-10, 10), draw.choice(OPERATIONS), draw.choice((-1, 1)) * draw.uniform(1, 10))
        for _ in range(n)
    ]


def as_instances(rows: Rows) -> list[dict[str, object]]:
    return [{"a": a, "op": op, "b": b} for a, op, b in rows]


def as_columns(rows: Rows) -> dict[str, object]:
    a, op, b = zip(*rows, strict=True)
    return {"a": a, "op": op, "b": b}


def as_expressions(rows: Rows) -> list[str]:
    return [f"{a!r} {op} {b!r}" for a, op, b in rows]


def predict(client: httpx.Client, **body: object) -> Any:
    answer = client.post("/predict", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("n", [1, 7, 1000, 1001, 20_000])
def test_predict_gives_the_networks_answers_in_every_form(
    client: httpx.Client, networks: Networks, n: int
) -> None:
    rows = make_rows(n)
    answers = [
        predict(client, instances=as_instances(rows)),
        predict(client, **as_columns(rows)),
        predict(client, expressions=as_expressions(rows)),
    ]
    expected = networks[2].forward(rows)
    for answer in answers:
        assert set(answer) == {"model", "version", "predictions", "out_of_domain"}
        assert (answer["model"], answer["version"]) == ("mlp", 2)
        check_answers(answer["predictions"], expected)
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("form", ["list", "string"])
@pytest.mark.parametrize(
    ("sign", "symbol"),
    [("×", "*"), ("x", "*"), ("·", "*"), ("÷", "/"), (":", "/"), ("−", "-")],  # noqa: RUF001
)
def test_predict_reads_every_sign_people_type(
    client: httpx.Client, sign: str, symbol: str, form: str
) -> None:
    op = sign if form == "string" else [sign, sign]
    answers = {
        json.dumps(predict(client, a=[6.3, -2], op=op, b=[-0.6, 5])["predictions"]),
        json.dumps(predict(client, a=[6.3, -2], op=symbol, b=[-0.6, 5])["predictions"]),
        json.dumps(
            predict(
                client,
                instances=[{"a": 6.3, "op": sign, "b": -0.6}, {"a": -2, "op": sign, "b": 5}],
            )["predictions"]
        ),
        json.dumps(predict(client, expressions=[f"6,3{sign}-0,6", f"-2 {sign} 5"])["predictions"]),
    }
    assert len(answers) == 1


def test_predict_adds_exact_values_and_errors_when_asked(client: httpx.Client) -> None:
    answer = predict(client, expressions=["0.1 + 0.2", "7 / 2", "-3 × 4", "1 - 9"], exact=True)  # noqa: RUF001
    assert answer["exact"] == [0.30000000000000004, 3.5, -12.0, -8.0]
    assert answer["absolute_errors"] == [
        abs(prediction - exact)
        for prediction, exact in zip(answer["predictions"], answer["exact"], strict=True)
    ]


def test_predict_lists_rows_outside_the_trained_range_and_answers_them(
    client: httpx.Client, networks: Networks
) -> None:
    rows: Rows = [(1, "+", 2), (11, "+", 2), (-10, "-", 10), (5, "/", 0.05), (0, "*", -10.5)]
    answer = predict(client, instances=as_instances(rows))
    assert answer["out_of_domain"] == [1, 3, 4]
    check_answers(answer["predictions"], networks[2].forward(rows))


@pytest.mark.parametrize(
    ("choice", "version"),
    [
        ({}, 2),
        ({"model": "mlp"}, 2),
        ({"version": 1}, 1),
        ({"label": "stable"}, 2),
        ({"label": "canary"}, 3),
        ({"model": "mlp", "version": 3}, 3),
    ],
    ids=str,
)
def test_predict_answers_with_the_version_that_is_chosen(
    client: httpx.Client, networks: Networks, choice: dict[str, object], version: int
) -> None:
    rows = make_rows(3)
    answer = predict(client, instances=as_instances(rows), **choice)
    assert answer["version"] == version
    expected = networks[version].forward(rows)
    check_answers(answer["predictions"], expected)


def test_predict_answers_with_another_model(client: httpx.Client, networks: Networks) -> None:
    rows = make_rows(3)
    answer = predict(client, **as_columns(rows), model="arithmetic")
    assert (answer["model"], answer["version"]) == ("arithmetic", 1)
    expected = networks[1].forward(rows)
    check_answers(answer["predictions"], expected)


def test_predict_takes_as_many_rows_as_it_says(client: httpx.Client) -> None:
    answer = predict(client, a=[1.5] * 100_000, op="+", b=[2] * 100_000)
    assert len(answer["predictions"]) == 100_000


def test_predict_keeps_concurrent_answers_apart(server: Server, networks: Networks) -> None:
    async def ask(client: httpx.AsyncClient, seed: int) -> None:
        size = 1100 if seed % 20 == 0 else (1, 3, 40)[seed % 3]
        version = seed % 7 % 3 + 1
        rows = make_rows(size, seed)
        body = {"instances": as_instances(rows), "version": version}
        answer = (await client.post("/predict", json=body)).json()
        assert answer["version"] == version
        expected = networks[version].forward(rows)
        check_answers(answer["predictions"], expected)

    async def ask_all() -> None:
        limits = httpx.Limits(max_connections=64)
        async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:
            await asyncio.gather(*(ask(client, seed) for seed in range(150)))

    asyncio.run(ask_all())
