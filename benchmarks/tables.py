"""Writes the tables of `benchmarks/README.md` from the committed results.

    python -m benchmarks.tables

Each stands between `<!-- table: NAME -->` and `<!-- end -->`; what was there is replaced. A test
fails where the page and the results differ.
"""

import csv
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
PAGE = FOLDER / "README.md"
SYMBOLS = ("+", "-", "*", "/")
LOADS = ((1, 1), (1, 32), (100, 1), (100, 32))
REACH = {  # 1 row, 32 connections; what the service's requests a second should be of another's
    "floor": 0.6, "fastapi": 1.3, "triton": 2, "mlserver": 4, "kserve": 4, "litserve": 4,
    "bentoml": 10, "keras": 100,
}  # fmt: skip
_BLOCK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.S)


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(fill(PAGE.read_text("utf-8")), "utf-8")


def fill(page: str) -> str:
    """Return a page with every table made anew."""
    makers = {
        "accuracy": make_accuracy,
        "single_module": make_single_module,
        "npu_grid": make_npu_grid,
        "served": make_served,
        "steps": lambda: make_changes("steps"),
        "alternatives": lambda: make_changes("alternatives"),
        "presets": make_presets,
        "training": make_training,
        "interference": make_interference,
        "serving": make_serving,
        "serving_latency": make_serving_latency,
        "serving_ratios": make_serving_ratios,
        "binary_rows": make_binary_rows,
    }
    return _BLOCK.sub(lambda found: f"{found[1]}{makers[found[2]]()}\n{found[3]}", page)


def read_table(path: str) -> list[dict[str, str]]:
    """Return the rows of a committed table."""
    with (RESULTS / path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_json(path: str) -> dict[str, Any]:
    """Return a committed result of one object."""
    content: dict[str, Any] = json.loads((RESULTS / path).read_text("utf-8"))
    return content


def make_accuracy() -> str:
    """Return the errors of the versions that ship."""
    rows = [
        (
            f"{row['model']} version {row['version']}",
            row["problems"],
            *(_show(row[name]) for name in ("mae", "median", "p99", "max")),
            f"{int(row['float32_ulps']):,}",
        )
        for row in read_table("accuracy.csv")
        if row["operation"] == "all"
    ]
    names = ("network", "problems", "mean error", "median", "99 % below", "largest", "float32 ulps")
    return _render(names, rows)


def make_single_module() -> str:
    """Return benchmark A by range, beside the published units."""
    cells = {
        (row["range"], row["operation"]): row for row in read_table("arithmetic/single_module.csv")
    }
    ranges = dict.fromkeys(name for name, _ in cells)
    rows = [
        (name, *(f"{cells[name, s]['solved']} of {cells[name, s]['cells']}" for s in SYMBOLS))
        for name in ranges
    ]
    total = cells["all", "all"]
    published = json.loads((RESULTS / "published.json").read_text())["single_module"]
    rows.append(
        (
            "published: DMU",
            *(f"{published['solved'][s]} of {published['of_each']}" for s in SYMBOLS),
        )
    )
    return _render(("trained on", *(f"`{s}`" for s in SYMBOLS)), rows) + (
        f"\n\n{total['solved']} of {total['cells']} in all; 95 % interval "
        f"[{total['wilson_low']}, {total['wilson_high']}] (Wilson). Before snapping "
        f"{total['soft_solved']} are solved, and {total['soft_below_1e-5']} are below the flat "
        f"threshold of 1e-5; median of the chosen step: {total['median_best_step']} of 2000."
    )


def make_npu_grid() -> str:
    """Return benchmark B beside the published networks."""
    columns = ("published_dense_mae", "published_npu_mae", "mae_soft", "mae_snapped")
    rows = [
        (f"`{row['operation']}`", *(_show(row[name]) for name in columns))
        for row in read_table("arithmetic/npu_grid.csv")
    ]
    names = ("operation", "dense network", "neural power unit", "here, before snapping", "snapped")
    return _render(names, rows)


def make_served() -> str:
    """Return what the service answered, over all seeds."""
    served = read_table("arithmetic/served.csv")
    rows = [
        ("seeds", str(len(served))),
        ("problems a seed", f"{int(served[0]['problems']):,}"),
        *(
            (f"largest distance of `{s}` in float32 ulps", str(max(int(r[s]) for r in served)))
            for s in SYMBOLS
        ),
        ("zero operands exact", str(all(row["zeros_exact"] == "True" for row in served))),
        ("division by zero refused", str(all(row["refused"] == "True" for row in served))),
        ("slowest training", f"{max(float(row['train_seconds']) for row in served):.1f} s"),
    ]
    return _render(("what", "measured"), rows)


def make_changes(table: str) -> str:
    """Return the rows of one table of changes; the recipe that ships is in bold."""
    columns = ("val_mae", "test_mae", "full_range_mae", "seed_test_mae")
    rows = []
    for row in read_table(f"mlp_changes/{table}.csv"):
        mark = "**" if row["shipped"] == "True" else ""
        cells = (row["change"].replace('"', ""), *(_show(row[name]) for name in columns))
        rows.append([f"{mark}{cell}{mark}" for cell in cells])
    names = ("change", "validation part", "test part", "full range", "published test part")
    return _render(names, rows)


def make_presets() -> str:
    """Return what each preset takes and gives."""
    rows = [
        (
            row["preset"],
            row["seed"],
            row["seconds"],
            *(_show(row[name]) for name in ("test_mae", "full_range_mae", "seed_test_mae")),
        )
        for row in read_table("presets.csv")
    ]
    names = ("preset", "seed", "seconds", "own test part", "full range", "published test part")
    return _render(names, rows)


def make_training() -> str:
    """Return the two sides of the published search."""
    result = read_json("training.json")
    rows = [
        ("as the experiment wrote it", f"{result['experiment_s']}"),
        ("trainer", f"{result['trainer_s']}"),
        ("ratio", f"{result['ratio']:.2f}"),
    ]
    return _render((f"{result['trials']} trials on {result['cores']} cores", "seconds"), rows)


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
    return _render(("service", "p50 ms", "p99 ms"), rows) + (
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
    return _render(("server", "version", *_name_loads(), "start to ready", "memory"), rows) + (
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
    return _render(("p50 / p99, ms", *_name_loads()), rows)


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
    return _render(("this service /", "to reach at 1 row, 32", *_name_loads()), rows)


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
    return _render((f"{result['rows']:,} rows", "rows/s", "service / this"), rows)


def _name_loads() -> Sequence[str]:
    return [
        f"{rows} row{'s' if rows > 1 else ''}, {connections} conn." for rows, connections in LOADS
    ]


def _count_errors(result: dict[str, Any]) -> int:
    return sum(load["errors"] for s in result["servers"] for load in s.get("loads", ()))


def _show(number: str) -> str:
    return f"{float(number):.4g}" if number else ""


def _render(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
