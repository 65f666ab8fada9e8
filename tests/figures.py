"""Where each figure of the READMEs comes from: a committed file of results."""

from collections.abc import Iterator
from statistics import median

from benchmarks.rendering import read_json, read_table

SYMBOLS = ("+", "-", "*", "/")


def collect_figures() -> dict[str, str]:
    """Return every measured or published figure as the English README writes it, by a name."""
    return dict(
        (
            *_collect_accuracy(),
            *_collect_steps(),
            *_collect_units(),
            *_collect_runs(),
            *_collect_serving(),
            *_collect_scale(),
        )
    )


def _collect_scale() -> Iterator[tuple[str, str]]:
    yield "ray.ratio", f"{read_json('ray_search.json')['ray_cold_ratio']:.2f}"
    yield "image.service", f"{read_cell('images.csv', 'added_mb', image='tabuada-service'):.0f}"


def read_cell(path: str, column: str, **where: str) -> float:
    """Return one value of a table, from the only row that has the values asked for."""
    rows = [row for row in read_table(path) if where.items() <= row.items()]
    assert len(rows) == 1, f"{path}: {len(rows)} rows have {where}"
    return float(rows[0][column])


def _collect_accuracy() -> Iterator[tuple[str, str]]:
    yield "published", f"{read_json('published.json')['mlp']['test_mae']:.4f}"
    yield from _collect_spread()
    for symbol in ("all", *SYMBOLS):
        name = "full" if symbol == "all" else f"full.{symbol}"
        for model in ("mlp", "arithmetic"):
            where = {"model": model, "problems": "full range", "operation": symbol}
            yield f"{model}.{name}", _round(read_cell("accuracy.csv", "mae", **where))
    for model in ("mlp", "arithmetic"):
        for key, problems in (("seed", "seed test part"), ("test", "default test part")):
            where = {"model": model, "problems": problems, "operation": "all"}
            yield f"{model}.{key}", _round(read_cell("accuracy.csv", "mae", **where))
    where = {"model": "mlp", "problems": "full range", "operation": "all"}
    yield "mlp.full.max", f"{read_cell('accuracy.csv', 'max', **where):.4f}"


def _collect_spread() -> Iterator[tuple[str, str]]:
    """Yield what preset `seed` gives: medians over seeds and processors, and the range."""
    rows = [row for row in read_table("spread.csv") if row["preset"] == "seed"]
    errors = [float(row["test_mae"]) for row in rows]
    yield "seed.runs", str(len(rows))
    yield "seed.test", f"{median(errors):.4f}"
    yield "seed.least", f"{min(errors):.4f}"
    yield "seed.greatest", f"{max(errors):.4f}"
    names = ("mae", "addition", "subtraction", "multiplication", "division")
    for name, symbol in zip(names, ("", *SYMBOLS), strict=True):
        values = [float(row[f"full_range_{name}"]) for row in rows]
        yield f"seed.full{symbol and f'.{symbol}'}", f"{median(values):.4f}"


def _collect_steps() -> Iterator[tuple[str, str]]:
    for number, row in enumerate(read_table("mlp_changes/steps.csv")):
        yield f"step.{number}.test", f"{float(row['test_mae']):.4f}"
        yield f"step.{number}.seed", f"{float(row['seed_test_mae']):.4f}"


def _collect_units() -> Iterator[tuple[str, str]]:
    published = read_json("published.json")
    task = published["single_module"]
    yield "smat.published", str(sum(task["solved"].values()))
    for column in ("cells", "solved"):
        cells = read_cell("arithmetic/single_module.csv", column, range="all", operation="all")
        yield f"smat.{column}", f"{cells:.0f}"
    for symbol in ("+", "*", "/"):
        yield f"npu.published.{symbol}", str(published["npu_grid_mae"][symbol])
        mae = read_cell("arithmetic/npu_grid.csv", "mae_snapped", operation=symbol)
        yield f"npu.{symbol}", _round(mae)
    functions = read_table("arithmetic/refusals.csv")
    yield "refusals.functions", str(len(functions) - 1)  # the last row is of all
    yield "refusals.seeds", functions[0]["units"]
    for outcome in ("right", "refused", "wrong"):
        units = read_cell("arithmetic/refusals.csv", outcome, function="all")
        yield f"refusals.{outcome}", f"{units:.0f}"
    served = read_table("arithmetic/served.csv")
    worst = max(int(row[symbol]) for row in served for symbol in SYMBOLS)
    yield "served.problems", f"{sum(int(row['problems']) for row in served):,}"
    yield "served.seeds", str(len(served))
    yield "served.ulps", str(worst)
    yield "served.slowest", f"{max(float(row['train_seconds']) for row in served):.1f}"


def _collect_runs() -> Iterator[tuple[str, str]]:
    for spread in read_table("presets_spread.csv"):
        digits = 0 if spread["measure"] == "cpu_seconds" else 5
        for end in ("median", "min", "max"):
            figure = f"{float(spread[end]):.{digits}f}"
            yield f"default.{spread['measure']}.{end}", figure
    for preset in ("quick", "seed", "arithmetic"):
        seconds = read_cell("presets.csv", "seconds", preset=preset, seed="42")
        yield f"run.{preset}", f"{seconds:.0f}"
    training = read_json("training.json")
    yield "training.trials", str(training["trials"])
    yield "training.experiment", str(training["experiment_s"])
    yield "training.trainer", str(training["trainer_s"])
    yield "training.ratio", f"{training['ratio']:.2f}"
    service = read_json("evaluate_interference.json")
    yield "service.start", str(service["start_s"])
    yield "service.memory", str(service["resident_before_mib"])
    for name in ("idle_p50_ms", "idle_p99_ms", "evaluating_p50_ms", "evaluating_p99_ms"):
        yield f"service.{name}", f"{service[name]:.2f}"
    yield "service.tasks.calculation.evaluation", str(service["evaluation_s"])


def _collect_serving() -> Iterator[tuple[str, str]]:
    serving = read_json("serving.json")
    for server in serving["servers"]:
        (load,) = (x for x in server["loads"] if (x["rows"], x["connections"]) == (1, 32))
        yield f"serving.{server['name']}", f"{load['requests_per_s']:,.0f}"
    for ratio in serving["ratios"]:
        yield f"serving.ratio.{ratio['to']}", f"{ratio['1x32']:.2f}"
    overload, swaps = read_json("overload.json"), read_json("swaps.json")
    for name in ("resident_early_mib", "resident_late_mib"):
        yield f"overload.{name}", str(overload[name])
    yield "overload.recovery", f"{overload['recovery_s']:.2f}"
    yield "swaps.count", str(swaps["swaps"])
    yield "swaps.ratio", f"{swaps['p99_ratio']:.2f}"
    binary = read_json("binary_rows.json")
    yield "binary.ratio", f"{binary['ratio']:.2f}"


def _round(mae: float) -> str:
    """Return an error with four decimals, a small one with six, a plain 0 for none."""
    return f"{mae:.{4 if mae >= 5e-4 else 6}f}" if mae else "0"
