"""Ten times what the service can do: what it answers, refuses and keeps in memory, and after.

    python -m benchmarks.overload [--rows N] [--factor N] [--result FILE]

Starts the real service with every setting at its default. First it is asked by as many clients as
it works for at a time, one question after the other: that is the load it can sustain. Then
questions arrive at ten times that rate, whether the earlier ones were answered or not, each over a
connection of its own. All the while another client asks one row, ten times a second. The clients
are a process of their own, and never wait longer than 10 seconds.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.evaluate_interference import quantile, read_rss_mib
from benchmarks.server import ROOT, start_service

_CLIENT_S = 10.0
_CALM_S = 0.25  # a question answered so soon, three times in a row: the rush is over


@dataclass
class Outcomes:
    """What became of the questions of one phase.

    Attributes:
        statuses: How many answers had each status; 0 stands for none in time.
        waits_s: How long each of those with status 200 took.
        retry_after: Whether every 503 told when to come again.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    waits_s: list[float] = field(default_factory=list)
    retry_after: bool = True


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--artifacts", type=Path, default=ROOT / "artifacts", help="store to serve from"
    )
    parser.add_argument("--rows", type=int, default=20_000, help="of each question")
    parser.add_argument("--factor", type=float, default=10, help="times the sustained rate")
    parser.add_argument("--steady-s", type=float, default=5.0, help="seconds of the first phase")
    parser.add_argument("--rush-s", type=float, default=15.0, help="seconds of the second phase")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    options = parser.parse_args()
    result = measure(
        options.artifacts, options.rows, options.steady_s, options.rush_s, options.factor
    )
    for name, value in result.items():
        print(f"{name:<24} {value}")
    if options.result:
        options.result.write_text(json.dumps(result, indent=1) + "\n")


def measure(
    artifacts: Path, rows: int, steady_s: float, rush_s: float, factor: float
) -> dict[str, Any]:
    """Compare the service before, in and after a rush."""
    with start_service(artifacts) as service:
        address = urlsplit(service.url).netloc
        context = multiprocessing.get_context("spawn")
        memory: list[float] = []
        with context.Pool(1) as pool:
            running = pool.apply_async(run_phases, (address, rows, steady_s, rush_s, factor))
            while not running.ready():
                memory.append(read_rss_mib(service.process))
                time.sleep(0.1)
            steady, rush, probes, recovery_s, rate = running.get()
    begin = int(len(memory) * 0.3)  # by then the rush is on
    return {
        "rows": rows,
        "sustained_per_s": round(rate, 1),
        "offered_per_s": round(rate * factor, 1),
        "steady_p50_ms": round(quantile(steady.waits_s, 0.5) * 1000, 1),
        "answered": rush.statuses[200],
        "answered_per_s": round(rush.statuses[200] / rush_s, 1),
        "refused": rush.statuses[503],
        "retry_after": rush.retry_after,
        "other_statuses": sum(n for s, n in rush.statuses.items() if s not in (200, 503)),
        "rush_p99_ms": round(quantile(rush.waits_s, 0.99) * 1000, 1),
        "one_row_rush_p50_ms": round(quantile(probes.waits_s, 0.5) * 1000, 1),
        "one_row_rush_p99_ms": round(quantile(probes.waits_s, 0.99) * 1000, 1),
        "one_row_refused": sum(probes.statuses.values()) - probes.statuses[200],
        "recovery_s": round(recovery_s, 2),
        "resident_early_mib": round(max(memory[begin : len(memory) // 2])),
        "resident_late_mib": round(max(memory[len(memory) // 2 :])),
    }


def run_phases(
    address: str, rows: int, steady_s: float, rush_s: float, factor: float
) -> tuple[Outcomes, Outcomes, Outcomes, float, float]:
    """Ask; return what became of the phases, how long the recovery took, and the steady rate."""
    return asyncio.run(_run_phases(address, rows, steady_s, rush_s, factor))


async def _run_phases(
    address: str, rows: int, steady_s: float, rush_s: float, factor: float
) -> tuple[Outcomes, Outcomes, Outcomes, float, float]:
    large, small = write_question(address, rows), write_question(address, 1)
    steady, rush, probes = Outcomes(), Outcomes(), Outcomes()
    end = time.perf_counter() + steady_s
    await asyncio.gather(*(_ask_until(end, address, large, steady) for _ in range(2)))
    rate = steady.statuses[200] / steady_s
    probing = asyncio.create_task(_probe(address, small, probes))
    await _rush(address, large, rush, rate * factor, rush_s)
    probing.cancel()
    recovery_s = await _recover(address, large)
    return steady, rush, probes, recovery_s, rate


async def _ask_until(end: float, address: str, question: bytes, outcomes: Outcomes) -> None:
    while time.perf_counter() < end:
        await ask(address, question, outcomes)


async def _probe(address: str, question: bytes, outcomes: Outcomes) -> None:
    while True:
        await ask(address, question, outcomes)
        await asyncio.sleep(0.1)


async def _rush(
    address: str, question: bytes, outcomes: Outcomes, rate: float, rush_s: float
) -> None:
    """Ask at a fixed rate, whatever becomes of it."""
    started = time.perf_counter()
    asking: set[asyncio.Task[None]] = set()
    for number in range(int(rate * rush_s)):
        delay = started + number / rate - time.perf_counter()
        if delay > 0 or number % 20 == 0:
            await asyncio.sleep(max(delay, 0))
        task = asyncio.create_task(ask(address, question, outcomes))
        asking.add(task)
        task.add_done_callback(asking.discard)
    still = max(0.0, started + rush_s - time.perf_counter())
    await asyncio.sleep(still)
    for task in list(asking):  # the rush ends here: who was not answered yet goes away
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


async def _recover(address: str, question: bytes) -> float:
    """Return the seconds until large questions are answered as if nothing had been."""
    started = time.perf_counter()
    calm = 0
    first = started
    while calm < 3 and time.perf_counter() - started < _CLIENT_S:
        asked = time.perf_counter()
        outcomes = Outcomes()
        await ask(address, question, outcomes)
        if outcomes.statuses[200] and outcomes.waits_s[0] < _CALM_S:
            first = asked + outcomes.waits_s[0] if calm == 0 else first
            calm += 1
        else:
            calm = 0
    return first - started if calm == 3 else _CLIENT_S


async def ask(address: str, question: bytes, outcomes: Outcomes) -> None:
    """Ask once, over a connection of its own."""
    host, port = address.split(":")
    started = time.perf_counter()
    status, head = 0, b""
    try:
        async with asyncio.timeout(_CLIENT_S):
            reader, writer = await asyncio.open_connection(host, int(port))
            try:
                writer.write(question)
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.read()
                status = int(head.split()[1])
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        pass
    outcomes.statuses[status] += 1
    if status == 200:
        outcomes.waits_s.append(time.perf_counter() - started)
    elif status == 503 and b"\r\nretry-after: " not in head:
        outcomes.retry_after = False


def write_question(address: str, rows: int) -> bytes:
    """Return a whole request of so many rows."""
    rng = random.Random(rows)
    a = [round(rng.uniform(-10, 10), 3) for _ in range(rows)]
    b = [round(rng.uniform(1, 10), 3) for _ in range(rows)]
    body = json.dumps({"model": "mlp", "a": a, "op": "*", "b": b}).encode()
    head = (
        f"POST /predict HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    main()
