"""Many clients at a time, each of which checks every answer it gets."""

import asyncio

import httpx

from tests.service.refusal import check_refusal
from tests.service.test_predict import Rows, as_columns, as_instances, make_rows
from tests.service.tiny import TinyNetwork, check_answers

CLIENTS = 200
_INFINITY = 1e308  # infinite in float32: no network has an answer


async def _ask(client: httpx.AsyncClient, network: TinyNetwork, seed: int) -> None:
    """Ask for rows of one's own, which one in five clients has spoiled."""
    rows: Rows = make_rows((1, 1, 3, 40, 170)[seed % 5], seed)
    place = seed % len(rows)
    code, field = "", None
    if seed % 10 == 3:
        rows[place], code, field = (1.5, "/", 0.0), "division_by_zero", f"instances[{place}].b"
    elif seed % 10 == 8:
        rows[place] = (_INFINITY, "*", _INFINITY)
        code, field = "not_representable", f"instances[{place}]"
    if code:
        answer = await client.post("/predict", json={"instances": as_instances(rows)})
        check_refusal(answer, 422, code, field)
    elif seed % 2:
        answer = await client.post("/predict", json=as_columns(rows))
        check_answers(answer.json()["predictions"], network.forward(rows))
    else:
        a, op, b = zip(*rows, strict=True)
        inputs = [
            {"name": name, "datatype": datatype, "shape": [len(rows)], "data": data}
            for name, datatype, data in (("a", "FP64", a), ("op", "BYTES", op), ("b", "FP64", b))
        ]
        answer = await client.post("/v2/models/mlp/infer", json={"inputs": inputs})
        assert answer.status_code == 200, answer.text
        check_answers(answer.json()["outputs"][0]["data"], network.forward(rows))


def ask_as_crowd(url: str, network: TinyNetwork, rounds: int = 1) -> None:
    """Let 200 clients ask at a time, a few times each, and check every answer.

    Args:
        url: Where the service is.
        network: What answers for `mlp`.
        rounds: How often each client asks, over a connection of its own.
    """

    async def take_part(client: httpx.AsyncClient, number: int) -> None:
        for turn in range(rounds):
            await _ask(client, network, number + CLIENTS * turn + turn)

    async def ask_all() -> None:
        limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
            await asyncio.gather(*(take_part(client, number) for number in range(CLIENTS)))

    asyncio.run(ask_all())
