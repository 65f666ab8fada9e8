"""Whether evaluating a million problems stalls `/predict`: its latency idle and meanwhile.

    python -m benchmarks.evaluate_interference [--artifacts FOLDER]

Starts the real service as `make serve` does, with every setting at its default. One client
asks for one row again and again, over one connection kept open, with a pause between two
questions so that the client itself does not take the processor from the service.
"""

import argparse
import http.client
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.server import ROOT, start_service

ROW = json.dumps({"instances": [{"a": 4.93, "op": "+", "b": 4.02}]})
JSON = {"Content-Type": "application/json"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--artifacts", type=Path, default=ROOT / "artifacts", help="store to serve from"
    )
    parser.add_argument("--samples", type=int, default=1_000_000, help="of each evaluation")
    parser.add_argument("--evaluations", type=int, default=3, help="one after the other")
    parser.add_argument("--pause-ms", type=float, default=2.0, help="between two questions")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    options = parser.parse_args()
    with start_service(options.artifacts) as service:
        print(f"cold start to ready {service.start_s:6.2f} s")
        result = measure(service.process, urlsplit(service.url).netloc, options)
    if options.result:
        result = {"start_s": round(service.start_s, 2), **result}
        options.result.write_text(json.dumps(result, indent=1) + "\n")


def measure(process: int, address: str, options: argparse.Namespace) -> dict[str, Any]:
    """Compare an idle service with one that evaluates."""
    pause_s = options.pause_ms / 1000
    ask_until(address, time_out(0.5), pause_s)  # warm up
    before = read_rss_mib(process)
    idle = ask_until(address, time_out(3.0), pause_s)
    took: list[float] = []
    evaluating = threading.Thread(
        target=lambda: took.extend(
            evaluate(address, options.samples) for _ in range(options.evaluations)
        )
    )
    evaluating.start()
    busy = ask_until(address, lambda: not evaluating.is_alive(), pause_s)
    evaluating.join()
    for name, waits in (("idle", idle), ("while evaluating", busy)):
        print(
            f"/predict {name:<17} p50 {quantile(waits, 0.5):7.2f} ms   p99 "
            f"{quantile(waits, 0.99):7.2f} ms   max {max(waits):7.2f} ms   ({len(waits)} requests)"
        )
    print(f"p99 ratio {quantile(busy, 0.99) / quantile(idle, 0.99):17.1f}")
    print(f"{options.samples} samples took " + ", ".join(f"{seconds:.2f} s" for seconds in took))
    after = read_rss_mib(process)
    print(f"resident memory {before:.0f} MiB before, {after:.0f} MiB after")
    return {
        "samples": options.samples,
        "idle_p50_ms": round(quantile(idle, 0.5), 2),
        "idle_p99_ms": round(quantile(idle, 0.99), 2),
        "evaluating_p50_ms": round(quantile(busy, 0.5), 2),
        "evaluating_p99_ms": round(quantile(busy, 0.99), 2),
        "evaluation_s": round(min(took), 2),
        "resident_before_mib": round(before),
        "resident_after_mib": round(after),
    }


def time_out(seconds: float) -> Callable[[], bool]:
    """Return a question that says yes from then on."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


def ask_until(address: str, done: Callable[[], bool], pause_s: float) -> list[float]:
    """Ask again and again; return how long each answer took, in milliseconds."""
    parts = urlsplit(f"//{address}")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    waits = []
    while not done():
        start = time.perf_counter()
        connection.request("POST", "/predict", ROW, JSON)
        answer = connection.getresponse()
        answer.read()
        waits.append((time.perf_counter() - start) * 1000)
        assert answer.status == 200
        time.sleep(pause_s)
    connection.close()
    return waits


def evaluate(address: str, samples: int) -> float:
    """Evaluate once; return the seconds it took."""
    parts = urlsplit(f"//{address}")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    start = time.perf_counter()
    connection.request("POST", "/evaluate", json.dumps({"sample": {"n": samples}}), JSON)
    answer = connection.getresponse()
    assert json.loads(answer.read())["overall"]["n"] == samples
    connection.close()
    return time.perf_counter() - start


def quantile(values: list[float], q: float) -> float:
    """Return the q-quantile of values, the nearest one that occurred."""
    return sorted(values)[min(int(q * len(values)), len(values) - 1)]


def read_rss_mib(process: int) -> float:
    """Return the resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
