"""Whether running requests together pays: the service with batching off and on, in turns.

    python -m benchmarks.batching [--runtimes onnx tensorflow] [--result FILE]

For each runtime, two real services run side by side, one with batching off and one with it on;
`wrk` asks one of them at a time for one row, in turns. So whatever else the machine does, and
however its clock changes, meets both. Needs `wrk`; the runtime `tensorflow` needs TensorFlow.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT, Service, start_service

# What wrk prints at the end is meant for people; this is the same for a program.
SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"model": "%s", "instances": [{"a": 4.93, "op": "*", "b": 4.02}]}'

done = function(summary, latency, requests)
  local e = summary.errors
  print(string.format('\\n[%%d, %%d, %%d, %%d, %%d]', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
MODES = ("off", "on")
MEASURES = ("requests_s", "p50_ms", "p99_ms", "cpu_us")


@dataclass(frozen=True, slots=True)
class Load:
    """One run of `wrk`.

    Attributes:
        requests_s: Requests answered a second.
        p50_ms: Median latency.
        p99_ms: 99th percentile of the latency.
        cpu_us: Processor time that the service spent on a request, all its threads together:
            what is left to compare where the machine has other things to do as well.
    """

    requests_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--artifacts", type=Path, default=ROOT / "artifacts", help="the store")
    parser.add_argument("--model", default="mlp", help="model to ask")
    parser.add_argument("--runtimes", nargs="+", default=["onnx", "tensorflow"])
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 32, 200])
    parser.add_argument("--rounds", type=int, default=7, help="turns of each mode")
    parser.add_argument("--seconds", type=int, default=3, help="of each turn")
    parser.add_argument("--result", type=Path, help="file for the result, as JSON")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("expected wrk. Received: none. Install it: apt-get install wrk")
    rows = [row for runtime in options.runtimes for row in measure(runtime, options)]
    if options.result:
        libraries = ("onnxruntime", "tensorflow", "uvicorn", "fastapi")
        versions = {name: _read_version(name) for name in libraries}
        result = {"python": platform.python_version(), "versions": versions, "rows": rows}
        options.result.write_text(json.dumps(result, indent=1) + "\n")


def measure(runtime: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Compare the modes under one runtime; return a row for each number of connections."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        script = folder / "ask.lua"
        script.write_text(SCRIPT % options.model)
        services = {
            mode: stack.enter_context(
                start_service(
                    options.artifacts,
                    runtime=runtime,
                    batching=str(mode == "on"),
                    default_model=options.model,
                )
            )
            for mode in MODES
        }
        return [
            compare(runtime, connections, services, script, options)
            for connections in options.connections
        ]


def compare(
    runtime: str,
    connections: int,
    services: dict[str, Service],
    script: Path,
    options: argparse.Namespace,
) -> dict[str, Any]:
    """Ask both services in turns; print and return the medians and their ratios."""
    loads: dict[str, list[Load]] = {mode: [] for mode in MODES}
    for mode in MODES:
        ask(services[mode], connections, 1, script)  # warm up
    for turn in range(options.rounds):
        for mode in MODES if turn % 2 else MODES[::-1]:
            loads[mode].append(ask(services[mode], connections, options.seconds, script))
    row: dict[str, Any] = {"runtime": runtime, "connections": connections}
    for measure in MEASURES:
        off, on = ([getattr(load, measure) for load in loads[mode]] for mode in MODES)
        # The ratio of each turn first: what disturbs one turn disturbs both of its halves.
        ratio = statistics.median(b / a for a, b in zip(off, on, strict=True))
        row[f"{measure}_off"] = round(statistics.median(off), 2)
        row[f"{measure}_on"] = round(statistics.median(on), 2)
        row[f"{measure}_ratio"] = round(ratio, 2)
    print(
        f"{runtime:<10} {connections:4} connections: "
        + "   ".join(
            f"{name} {row[f'{name}_off']:.2f} off, {row[f'{name}_on']:.2f} on, "
            f"on/off {row[f'{name}_ratio']:.2f}"
            for name in MEASURES
        ),
        flush=True,
    )
    return row


def ask(service: Service, connections: int, seconds: int, script: Path) -> Load:
    """Let `wrk` ask for some seconds, over connections that are kept open."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"]
    before_s = read_cpu_s(service.process)
    ran = subprocess.run(
        [*command, "-s", str(script), f"{service.url}/predict"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    cpu_s = read_cpu_s(service.process) - before_s
    requests, took_us, p50_us, p99_us, errors = json.loads(ran.stdout.splitlines()[-1])
    if errors:
        raise SystemExit(f"expected every request to be answered. Received: {errors} errors")
    return Load(requests / took_us * 1e6, p50_us / 1000, p99_us / 1000, cpu_s / requests * 1e6)


def read_cpu_s(process: int) -> float:
    """Return the processor time that a process has used so far, in seconds."""
    after_name = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _read_version(name: str) -> str | None:
    for distribution in (name, f"{name}-cpu"):
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return None


if __name__ == "__main__":
    main()
