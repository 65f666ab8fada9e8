"""Puts the figures of all servers side by side."""

import os
import platform
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.serving.measure import LOADS, Record
from benchmarks.serving.wrk import read_wrk_version

OURS = "ours"


def describe(records: list[Record], options: dict[str, Any]) -> dict[str, Any]:
    """Return the whole result."""
    return {
        "machine": describe_machine(),
        "wrk": read_wrk_version(),
        **options,
        "servers": [record.describe() for record in records],
        "ratios": list(compare(records)),
    }


def describe_machine() -> dict[str, Any]:
    """Return what the figures depend on besides the code."""
    cpus = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.+)$", cpus.read_text(), re.M) if cpus.exists() else []
    return {
        "cores": os.cpu_count(),
        "cpu": names[0] if names else platform.processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def compare(records: list[Record]) -> Iterator[dict[str, Any]]:
    """Yield how often this service answers for one answer of each other server.

    Each round is compared with itself, so that what disturbs a while disturbs both; the median
    of the rounds counts.
    """
    measured = {record.server.name: record.starts for record in records if not record.reason}
    ours = measured.get(OURS, [])
    for name, starts in measured.items():
        if name != OURS and ours:
            yield {"to": name} | {
                f"{rows}x{connections}": round(
                    statistics.median(
                        mine.loads[rows, connections].requests_per_s
                        / other.loads[rows, connections].requests_per_s
                        for mine, other in zip(ours, starts, strict=False)
                    ),
                    3,
                )
                for rows, connections in LOADS
            }


def print_result(result: dict[str, Any]) -> None:
    """Print a table for a terminal."""
    machine = result["machine"]
    print(f"{machine['cores']} cores, {machine['cpu']}, Python {machine['python']}")
    heads = "".join(f" | {f'{rows} row(s) x {conns}':<24}" for rows, conns in LOADS)
    units = f" | {'req/s':>8}{'p50':>8}{'p99':>8}" * len(LOADS)
    print(f"{'':<24}{heads}\n{'':<10}{'start s':>8}{'MiB':>6}{units}")
    for server in result["servers"]:
        print(f"{server['name']:<10}" + _print_figures(server))
    for ratio in result["ratios"]:
        cells = ", ".join(f"{name} {value}" for name, value in ratio.items() if name != "to")
        print(f"this service / {ratio['to']}: {cells}")


def _print_figures(server: dict[str, Any]) -> str:
    if "not_run" in server:
        return f" not run: {server['not_run']}"
    cells = "".join(
        f" | {load['requests_per_s']:>8.0f}{load['p50_ms']:>8.2f}{load['p99_ms']:>8.1f}"
        + (f" ({load['errors']} errors)" if load["errors"] else "")
        for load in server["loads"]
    )
    return f"{server['start_s']:>8.2f}{server['memory_mib']:>6}{cells}"
