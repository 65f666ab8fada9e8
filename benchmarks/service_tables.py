"""The tables about the running service."""

from collections.abc import Sequence
from typing import Any

from benchmarks.rendering import read_json, render

LOADS = ((1, 1), (1, 32), (100, 1), (100, 32))
REACH = {  # 1 row, 32 connections; what the service's requests a second should be of another's
    "floor": 0.6, "fastapi": 1.3, "triton": 2, "mlserver": 4, "kserve": 4, "litserve": 4,
    "bentoml": 10, "keras": 100,
}  # fmt: skip


def make_interference() -> str:
    """Return the latency of `/predict`, idle and beside an evaluation."""
    result = read_json("evaluate_interference.json")
    rows = [
        ("idle", f"{result['idle_p50_ms']:.2f}", f"{result['idle_p99_ms']:.2f}"),
        (
            f"evaluating {result['samples']:,} problems",
            f"{result['evaluating_p50_ms']:.2f}",
            f"{result['evaluating_p99_ms']:.2f}",
        ),
    ]
    return render(("service", "p50 ms", "p99 ms"), rows) + (
        f"\n\nFrom start to ready: {result['start_s']} s. One evaluation: {result['evaluation_s']} "
        f"s. Resident memory: {result['resident_before_mib']} MiB before, "
        f"{result['resident_after_mib']} MiB after."
    )


def make_serving() -> str:
    """Return requests a second, start and memory of every server."""
    result = read_json("serving.json")
    rows = [
        (
            server["title"],
            " ".join(next(iter(server["versions"].items()), ())),
            *(
                (f"not run: {server['not_run']}", *[""] * (1 + len(LOADS)))
                if "not_run" in server
                else (
                    *(f"{load['requests_per_s']:,.0f}" for load in server["loads"]),
                    f"{server['start_s']:.1f} s",
                    f"{server['memory_mib']} MiB",
                )
            ),
        )
        for server in result["servers"]
    ]
    machine = result["machine"]
    return render(("server", "version", *_name_loads(), "start to ready", "memory"), rows) + (
        f"\n\n{machine['cores']} cores, {machine['cpu']}, Python {machine['python']}, "
        f"{result['wrk']}; median of {result['rounds']} rounds of {result['seconds']:g} s a load. "
        f"Failed requests: {_count_errors(result)}.\n\nHow each is set: "
        + "; ".join(f"{server['title']}: {server['note']}" for server in result["servers"])
        + "."
    )


def make_serving_latency() -> str:
    """Return the latency of every server."""
    rows = [
        (
            server["title"],
            *(f"{load['p50_ms']:.2f} / {load['p99_ms']:.1f}" for load in server["loads"]),
        )
        for server in read_json("serving.json")["servers"]
        if "not_run" not in server
    ]
    return render(("p50 / p99, ms", *_name_loads()), rows)


def make_serving_ratios() -> str:
    """Return how often this service answers for one answer of each other server."""
    result = read_json("serving.json")
    titles = {server["name"]: server["title"] for server in result["servers"]}
    rows = [
        (
            titles[ratio["to"]],
            f"{REACH[ratio['to']]:g}" if ratio["to"] in REACH else "",
            *(f"{ratio[f'{rows}x{connections}']:.2f}" for rows, connections in LOADS),
        )
        for ratio in result["ratios"]
    ]
    return render(("this service /", "to reach at 1 row, 32", *_name_loads()), rows)


def make_binary_rows() -> str:
    """Return the rates of binary tensors and of the network in process."""
    result = read_json("binary_rows.json")
    rows = [
        ("`/v2/models/mlp/infer`, binary tensors", f"{result['service_rows_per_s']:,}", ""),
        (
            "in process: arrays, features, network",
            f"{result['in_process_rows_per_s']:,}",
            f"{result['ratio']:.2f}",
        ),
        (
            "in process: network alone",
            f"{result['network_alone_rows_per_s']:,}",
            f"{result['ratio_to_network_alone']:.2f}",
        ),
    ]
    return render((f"{result['rows']:,} rows", "rows/s", "service / this"), rows)


def make_batching() -> str:
    """Return what running requests together brings."""
    titles = {"onnx": "ONNX Runtime", "tensorflow": "TensorFlow on the CPU"}
    rows = [
        (
            titles[row["runtime"]],
            str(row["connections"]),
            *(
                f"{row[f'{name}_off']:{form}} / {row[f'{name}_on']:{form}}"
                for name, form in (("requests_s", ",.0f"), ("p50_ms", ".2f"), ("p99_ms", ".2f"))
            ),
            f"{row['requests_s_ratio']:.2f}",
        )
        for row in read_json("batching.json")["rows"]
    ]
    names = ("runtime", "connections", "requests/s", "p50, ms", "p99, ms", "on / off")
    return render(names, rows)


def make_swaps() -> str:
    """Return the latency of steady times and of changes of version."""
    result = read_json("swaps.json")
    rows = [
        (title, *(f"{result[f'{name}_{part}_ms']:.2f}" for part in ("p50", "p99", "max")))
        for title, name in (("steady", "steady"), ("a second around each change", "swapping"))
    ]
    return render(("`/predict`", "p50 ms", "p99 ms", "largest ms"), rows) + (
        f"\n\n{result['swaps']} changes, {result['requests']:,} requests, "
        f"{result['failures']} failed. Ratio of the p99: {result['p99_ratio']:.2f} (to reach: at "
        "most 1.5)."
    )


def make_overload() -> str:
    """Return what a rush does."""
    result = read_json("overload.json")
    rows = [
        ("load that it sustains", f"{result['sustained_per_s']:.0f} requests/s"),
        ("load of the rush", f"{result['offered_per_s']:.0f} requests/s"),
        ("answered meanwhile", f"{result['answered']:,}"),
        ("refused at once or in time, 503 with `Retry-After`", f"{result['refused']:,}"),
        ("neither", str(result["other_statuses"])),
        ("answers of one row meanwhile, p99", f"{result['one_row_rush_p99_ms']:.0f} ms"),
        (
            "resident memory, first and second half",
            f"{result['resident_early_mib']} and {result['resident_late_mib']} MiB",
        ),
        ("as before again after", f"{result['recovery_s']:.2f} s"),
    ]
    return render((f"{result['rows']:,} rows a request", ""), rows)


def _name_loads() -> Sequence[str]:
    return [
        f"{rows} row{'s' if rows > 1 else ''}, {connections} conn." for rows, connections in LOADS
    ]


def _count_errors(result: dict[str, Any]) -> int:
    return sum(load["errors"] for s in result["servers"] for load in s.get("loads", ()))
