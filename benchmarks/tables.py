"""Writes the tables of `benchmarks/README.md` from the committed results.

    python -m benchmarks.tables

Each stands between `<!-- table: NAME -->` and `<!-- end -->`; what was there is replaced. A test
fails where the page and the results differ.
"""

import re
from pathlib import Path

from benchmarks import search_tables, service_tables
from benchmarks.rendering import read_json, read_table, render
from benchmarks.spread import summarize

FOLDER = Path(__file__).parent
PAGE = FOLDER / "README.md"
SYMBOLS = ("+", "-", "*", "/")
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
        "refusals": make_refusals,
        "served": make_served,
        "steps": lambda: make_changes("steps"),
        "alternatives": lambda: make_changes("alternatives"),
        "second_order": make_second_order,
        "presets": make_presets,
        "spread": make_spread,
        "presets_spread": make_presets_spread,
        "ranges": make_ranges,
        "training": make_training,
        "ray_search": search_tables.make_ray_search,
        "search_driver": search_tables.make_search_driver,
        "images": make_images,
        "interference": service_tables.make_interference,
        "serving": service_tables.make_serving,
        "serving_latency": service_tables.make_serving_latency,
        "serving_ratios": service_tables.make_serving_ratios,
        "binary_rows": service_tables.make_binary_rows,
        "batching": service_tables.make_batching,
        "swaps": service_tables.make_swaps,
        "overload": service_tables.make_overload,
    }
    return _BLOCK.sub(lambda found: f"{found[1]}{makers[found[2]]()}\n{found[3]}", page)


def make_ranges() -> str:
    """Return the errors of wider ranges, a run of the trainer a row."""
    cells = {(row["range"], row["seed"], row["operation"]): row for row in read_table("ranges.csv")}
    rows = [
        (
            name,
            seed,
            f"{float(cells[name, seed, 'all']['mae_over_range_squared']):.2g}",
            *(f"{float(cells[name, seed, s]['median_relative_error']):.2g}" for s in SYMBOLS),
            f"{float(cells[name, seed, 'all']['runtimes_apart']):.1g}",
            f"{float(cells[name, seed, 'all']['tolerance']):.1g}",
        )
        for name, seed in dict.fromkeys((name, seed) for name, seed, _ in cells)
    ]
    names = (
        *("range", "seed", "mean error / range²"),
        *(f"median relative, `{s}`" for s in SYMBOLS),
        *("runtimes apart", "tolerance"),
    )
    return render(names, rows)


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
    return render(names, rows)


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
    published = read_json("published.json")["single_module"]
    rows.append(
        (
            "published: DMU",
            *(f"{published['solved'][s]} of {published['of_each']}" for s in SYMBOLS),
        )
    )
    return render(("trained on", *(f"`{s}`" for s in SYMBOLS)), rows) + (
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
    return render(names, rows)


def make_refusals() -> str:
    """Return how many units of each function were right, refused and wrong."""
    columns = ("units", "right", "refused", "wrong")
    rows = [
        (f"`{row['function']}`".replace("|", r"\|"), *(row[name] for name in columns))
        for row in read_table("arithmetic/refusals.csv")
    ]
    return render(("function", *columns), rows)


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
    return render(("what", "measured"), rows)


def make_changes(table: str) -> str:
    """Return the rows of one table of changes; the recipe that ships is in bold."""
    columns = ("val_mae", "test_mae", "full_range_mae", "seed_test_mae")
    rows = []
    for row in read_table(f"mlp_changes/{table}.csv"):
        mark = "**" if row["shipped"] == "True" else ""
        cells = (row["change"].replace('"', ""), *(_show(row[name]) for name in columns))
        rows.append([f"{mark}{cell}{mark}" for cell in cells])
    names = ("change", "validation part", "test part", "full range", "published test part")
    return render(names, rows)


def make_second_order() -> str:
    """Return the rows of the recipe of preset `default`, each over several seeds."""
    rows = [
        (
            row["change"],
            row["seeds"],
            *(_show_range(row, f"{name}_") for name in ("full_range_mae", "seed_test_mae")),
            _show(row["full_range_max_max"]),
        )
        for row in read_table("mlp_changes/second_order.csv")
    ]
    names = ("change", "seeds", "full range", "published test part", "largest error")
    return render(names, rows)


def make_presets() -> str:
    """Return what each preset takes and gives."""
    columns = ("test_mae", "full_range_mae", "seed_test_mae", "full_range_max")
    rows = [
        (
            *(row[name] for name in ("preset", "seed", "seconds", "cpu_seconds")),
            *(_show(row[name]) for name in columns),
        )
        for row in read_table("presets.csv")
    ]
    names = (
        "preset", "seed", "seconds", "of processors", "own test part", "full range",
        "published test part", "largest error",
    )  # fmt: skip
    return render(names, rows)


def make_spread() -> str:
    """Return each run of a preset by processor and seed, and median and range by processor."""
    measured = read_table("spread.csv")
    rows = [
        (
            row["preset"],
            row["processor"],
            row["seed"],
            row["best_trial"],
            *(_show(row[name]) for name in ("test_mae", "full_range_mae")),
        )
        for row in measured
    ]
    names = ("preset", "processor", "seed", "best trial", "own test part", "full range")
    return render(names, rows) + "\n\n" + ".\n".join(summarize(measured)) + "."


def make_presets_spread() -> str:
    """Return median and range over the seeds of preset `default`."""
    titles = {
        "cpu_seconds": "seconds of processors",
        "test_mae": "own test part",
        "seed_test_mae": "published test part",
        "full_range_mae": "full range",
        "full_range_max": "largest error there",
    }
    spread = read_table("presets_spread.csv")
    rows = [(titles[r["measure"]], _show_range(r, "")) for r in spread if r["measure"] in titles]
    processors = {
        row["processor"]
        for row in read_table("presets.csv")
        if row["preset"] == spread[0]["preset"]
    }
    return render((f"preset default, {spread[0]['seeds']} seeds", "median (range)"), rows) + (
        f"\n\nProcessor: {', '.join(sorted(processors))}."
    )


def make_training() -> str:
    """Return the two sides of the published search."""
    result = read_json("training.json")
    rows = [
        ("as the experiment wrote it", f"{result['experiment_s']}"),
        ("trainer", f"{result['trainer_s']}"),
        ("ratio", f"{result['ratio']:.2f}"),
    ]
    return render((f"{result['trials']} trials on {result['cores']} cores", "seconds"), rows)


def make_images() -> str:
    """Return the size of each image and the time that building it takes."""
    measured = read_table("images.csv")
    rows = [
        (
            f"`{row['image']}`",
            f"`{row['lock']}`",
            *(f"{int(row[name]):,} MB" for name in ("added_mb", "total_mb")),
            f"{row['build_s']} s",
        )
        for row in measured
    ]
    names = ("image", "packages", "over its base", "in all", "built in")
    bases = dict.fromkeys((row["base"], row["engine"]) for row in measured)
    return (
        render(names, rows)
        + "\n\nBuilt on "
        + "; ".join(f"{base}, by Docker {engine}" for base, engine in bases)
        + "."
    )


def _show_range(row: dict[str, str], prefix: str) -> str:
    median, least, greatest = (_show(row[prefix + end]) for end in ("median", "min", "max"))
    return f"{median} ({least} to {greatest})"


def _show(number: str) -> str:
    return f"{float(number):.4g}" if number else ""


if __name__ == "__main__":
    main()
