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
        "presets": make_presets,
        "spread": make_spread,
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


def _show(number: str) -> str:
    return f"{float(number):.4g}" if number else ""


if __name__ == "__main__":
    main()
