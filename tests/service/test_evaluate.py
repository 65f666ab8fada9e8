"""`POST /evaluate` against statistics computed by other means."""

import asyncio
import os
import statistics
import time
from typing import Any

import httpx
import numpy as np
import pytest

from tests.service.serving import Server
from tests.service.test_predict import Networks, as_instances, make_rows


def evaluate(client: httpx.Client, **body: object) -> Any:
    answer = client.post("/evaluate", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_evaluate_measures_labelled_rows(client: httpx.Client, networks: Networks) -> None:
    rows = make_rows(500)
    expected = [a * b for a, _, b in rows]
    answer = evaluate(client, instances=as_instances(rows), expected=expected, version=3)
    assert (answer["model"], answer["version"]) == ("mlp", 3)
    errors = abs(networks[3].forward(rows) - np.array(expected))
    wanted = {
        "n": 500,
        "mae": statistics.fmean(errors),
        "mse": statistics.fmean(errors**2),
        "rmse": statistics.fmean(errors**2) ** 0.5,
        "r2": 1 - sum(errors**2) / (500 * statistics.pvariance(expected)),
        "median": statistics.median(errors),
        "p99": np.percentile(errors, 99),
        "max": max(errors),
    }
    assert answer["overall"] == pytest.approx(wanted, rel=1e-4)
    assert [case["absolute_error"] for case in answer["worst"]] == pytest.approx(
        sorted(errors, reverse=True)[:20], rel=1e-4
    )
    per_operation = answer["per_operation"]
    assert list(per_operation) == ["+", "-", "*", "/"]
    for symbol, part in per_operation.items():
        own = [error for error, row in zip(errors, rows, strict=True) if row[1] == symbol]
        assert (part["n"], part["mae"]) == (len(own), pytest.approx(statistics.fmean(own), 1e-4))


def test_evaluate_draws_the_sample_that_is_described(
    client: httpx.Client, networks: Networks
) -> None:
    sample = {"n": 999, "operations": ["÷"], "range": [2, 5], "min_divisor": 3, "seed": 4}
    answer = evaluate(client, sample=sample)
    assert list(answer["per_operation"]) == ["/"]
    assert answer["overall"] == answer["per_operation"]["/"]
    assert len(answer["worst"]) == 20
    for case in answer["worst"]:
        assert 2 <= case["a"] <= 5
        assert 3 <= case["b"] <= 5
        assert case["expected"] == case["a"] / case["b"]
        forward = networks[2].forward([(case["a"], "/", case["b"])])[0]
        assert case["predicted"] == pytest.approx(forward, rel=1e-4)


def test_evaluate_repeats_itself_with_one_seed_only(client: httpx.Client) -> None:
    first, again, other = (
        evaluate(client, sample={"n": 20_000, "seed": seed}) for seed in (1, 1, 2)
    )
    assert first == again
    assert first["overall"] != other["overall"]


def test_evaluate_samples_the_trained_range_by_default(client: httpx.Client) -> None:
    answer = evaluate(client, sample={})
    assert answer["overall"]["n"] == 10_000
    assert {part["n"] for part in answer["per_operation"].values()} == {2500}
    for case in answer["worst"]:
        assert max(abs(case["a"]), abs(case["b"])) <= 10
        assert case["op"] != "/" or abs(case["b"]) >= 0.1


def test_evaluate_of_a_million_leaves_predict_answering(server: Server) -> None:
    async def ask() -> tuple[Any, list[float], int, float]:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            sample = {"sample": {"n": 1_000_000}}
            working = asyncio.create_task(client.post("/evaluate", json=sample))
            waits = []
            peak = 0
            began = time.perf_counter()
            while not working.done():
                start = time.perf_counter()
                answer = await client.post("/predict", json={"expressions": ["1+1"]})
                waits.append(time.perf_counter() - start)
                assert answer.status_code == 200
                peak = max(peak, read_rss(server.process.pid))
                await asyncio.sleep(0.005)
            return (await working).json(), waits, peak, time.perf_counter() - began

    before = read_rss(server.process.pid)
    answer, waits, peak, whole_s = asyncio.run(ask())
    assert answer["overall"]["n"] == 1_000_000
    # A stalled loop would answer one when all is done. How long they wait is measured elsewhere
    # (benchmarks/evaluate_interference.py): the machine that runs this may be busy.
    assert len(waits) >= 10
    assert statistics.median(waits) < whole_s / 10
    assert peak - before < 150 * 2**20


def test_evaluate_stops_when_its_client_goes_away(server: Server) -> None:
    with httpx.Client(base_url=server.url) as client:
        before = read_cpu_s(server.process.pid)
        evaluate(client, sample={"n": 1_000_000})
        whole_s = read_cpu_s(server.process.pid) - before
        for _ in range(10):
            with pytest.raises(httpx.ReadTimeout):
                client.post("/evaluate", json={"sample": {"n": 1_000_000}}, timeout=0.05)
        evaluate(client, sample={"n": 1})  # waits for its turn, behind them
    spent_s = read_cpu_s(server.process.pid) - before - whole_s
    assert spent_s < 6 * whole_s  # ten whole ones take more, on however busy a machine


def read_cpu_s(process: int) -> float:
    """Return how many seconds of a processor a process has taken."""
    with open(f"/proc/{process}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_rss(process: int) -> int:
    with open(f"/proc/{process}/statm") as file:
        return int(file.read().split()[1]) * 4096
