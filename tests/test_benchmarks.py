"""The accuracy benchmarks, a few cells of each, and the committed tables against their rows."""

import json
import re
import subprocess
import sys
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from benchmarks.arithmetic.functions import FUNCTIONS
from benchmarks.arithmetic.refusals import is_right
from benchmarks.arithmetic.single_module import (
    POINTS,
    RANGES,
    SEEDS,
    compute_wilson_interval,
    measure_threshold,
)
from benchmarks.arithmetic.training import OPERATIONS, draw_from
from benchmarks.presets import BARS
from benchmarks.presets import SEEDS as SEEDS_OF_DEFAULT
from benchmarks.rendering import read_table
from benchmarks.tables import PAGE, fill
from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import Problems
from trainer.tasks.calculation.families.examples import encode_examples

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def run_benchmark(module: str, *options: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *map(str, options)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "file"),
    [
        pytest.param("arithmetic.single_module", "single_module.jsonl", id="single module"),
        pytest.param("arithmetic.refusals", "refusals.jsonl", id="refusals"),
        pytest.param("mlp_changes", "rows.jsonl", id="changes of the MLP"),
    ],
)
def test_quick_mode_runs(module: str, file: str, tmp_path: Path) -> None:
    done = run_benchmark(module, "--quick", "--folder", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len((tmp_path / file).read_text().splitlines()) == 2


@pytest.mark.slow
def test_benchmark_of_cells_goes_on_where_it_stopped(tmp_path: Path) -> None:
    command = ("arithmetic.npu_grid", "--quick", "--folder", tmp_path)
    done = run_benchmark(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    file = tmp_path / "npu_grid.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    assert len(lines) == 2
    # Killed in the middle of its last line: that one is run again, the other is not.
    file.write_text(lines[0] + lines[1][:20])
    again = run_benchmark(*command)
    assert again.returncode == 0, again.stdout + again.stderr
    repeated = file.read_text().splitlines(keepends=True)
    assert repeated[0] == lines[0]
    assert json.loads(repeated[1])["task"] == json.loads(lines[1])["task"]


@pytest.mark.slow
def test_swaps_are_measured_without_a_failure(tmp_path: Path) -> None:
    result = tmp_path / "swaps.json"
    options = ("--swaps", "4", "--window-s", "2", "--rate", "50", "--result", result)
    done = run_benchmark("swaps", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(result.read_text())
    assert (measured["swaps"], measured["unseen_swaps"], measured["failures"]) == (4, 0, 0)
    assert measured["requests"] > 500


def test_committed_runs_of_the_default_preset_met_the_bars_on_every_seed() -> None:
    rows = [row for row in read_table("presets.csv") if row["preset"] == "default"]
    assert [row["seed"] for row in rows] == list(SEEDS_OF_DEFAULT)
    assert all(float(row[name]) <= bar for row in rows for name, bar in BARS.items())


def test_committed_swaps_failed_no_request_and_met_the_bar() -> None:
    measured = json.loads((RESULTS / "swaps.json").read_text())
    assert (measured["swaps"], measured["unseen_swaps"], measured["failures"]) == (20, 0, 0)
    assert measured["p99_ratio"] <= 1.5


def test_committed_rush_was_over_within_a_second() -> None:
    measured = json.loads((RESULTS / "overload.json").read_text())
    assert measured["other_statuses"] == 0
    assert measured["recovery_s"] < 1


@pytest.mark.slow
def test_search_on_ray_is_measured_and_finds_what_the_local_one_does(tmp_path: Path) -> None:
    result = tmp_path / "ray_search.json"
    done = run_benchmark("ray_search", "--quick", "--result", result)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = json.loads(result.read_text())
    assert measured["tables_agree"]
    assert [(side["side"], side["workers"]) for side in measured["sides"]] == [
        (side, 2) for side in ("ray", "local", "empty")
    ]
    assert all(side["overhead_ms"] > 0 for side in measured["sides"])


def test_committed_search_on_ray_met_the_bars() -> None:
    measured = json.loads((RESULTS / "ray_search.json").read_text())
    assert measured["tables_agree"]
    assert measured["sides"][0]["trials"] == 15
    assert measured["ray_warm_ratio"] >= 1.7
    assert all(side["overhead_ms"] < 500 for side in measured["sides"])


@pytest.mark.slow
def test_driver_of_a_search_is_measured(tmp_path: Path) -> None:
    result = tmp_path / "search_driver.json"
    done = run_benchmark("search_driver", "--quick", "--result", result)
    assert done.returncode == 0, done.stdout + done.stderr
    searches = json.loads(result.read_text())["searches"]
    assert [search["parts"][-1]["last"] for search in searches] == [200, 23, 24]


def test_committed_driver_s_time_does_not_grow_with_10000_random_trials() -> None:
    searches = json.loads((RESULTS / "search_driver.json").read_text())["searches"]
    (random,) = (search for search in searches if search["algorithm"] == "random")
    *_, before, last = random["parts"]
    assert last["last"] == 10_000
    assert last["ms_a_trial"] < 1.5 * before["ms_a_trial"]


def test_every_cell_of_the_single_module_task_was_run() -> None:
    lines = (RESULTS / "arithmetic" / "single_module.jsonl").read_text().splitlines()
    rows = [row for line in lines for row in json.loads(line)["rows"]]
    cells = {(row["range"], row["seed"], row["operation"]) for row in rows}
    assert len(cells) == len(rows) == 900
    assert cells == {(name, seed, op) for name in RANGES for seed in SEEDS for op in "+-*/"}
    table = {
        (row["range"], row["operation"]): row for row in read_table("arithmetic/single_module.csv")
    }
    solved = sum(row["snapped_mse"] < row["threshold"] for row in rows)
    assert (int(table["all", "all"]["cells"]), int(table["all", "all"]["solved"])) == (900, solved)


def test_every_function_was_trained_with_every_seed_and_none_came_out_wrong() -> None:
    lines = (RESULTS / "arithmetic" / "refusals.jsonl").read_text().splitlines()
    rows = [row for line in lines for row in json.loads(line)["rows"]]
    assert len(rows) == len(FUNCTIONS) * 5
    assert {(row["function"], row["seed"]) for row in rows} == set(product(FUNCTIONS, range(5)))
    found = Counter(row["outcome"] for row in rows)
    (total,) = (r for r in read_table("arithmetic/refusals.csv") if r["function"] == "all")
    assert {name: int(total[name]) for name in ("right", "refused", "wrong")} == {
        **found,
        "wrong": 0,
    }


def test_page_says_how_many_refused_units_were_no_further_off_than_before_the_ramp() -> None:
    lines = (RESULTS / "arithmetic" / "refusals.jsonl").read_text().splitlines()
    refusals = [row["refusal"] for line in lines for row in json.loads(line)["rows"]]
    pattern = r"problems? (\S+), before the ramp, at weights \S+ and \S+, ([\d.e+-]+?)[.;] "
    found = [re.findall(pattern, refusal) for refusal in refusals if refusal]
    closer = sum(float(snapped) <= float(soft) for ((snapped, soft),) in found)
    assert f"{closer} of the {len(found)} would have passed" in PAGE.read_text()


def test_right_answer_is_one_to_twelve_digits() -> None:
    operations = OperationSet("+")
    encoder = FeatureEncoder(Scaler(kind="identity"), operations, "float64")
    problems = Problems(operations, np.array([3.0, 1e-9]), np.zeros(2, np.int8), np.array([5.0, 0]))
    fresh = encode_examples(problems, encoder)
    assert is_right(fresh.targets * (1 + 1e-13), fresh)
    assert not is_right(fresh.targets * (1 + np.array([[2e-12], [0]])), fresh)
    assert not is_right(fresh.targets + np.array([[0], [np.nan]]), fresh)


def test_thresholds_are_small_but_not_met_by_an_error_of_a_hundredth() -> None:
    for name, (_, outside) in RANGES.items():
        problems = draw_from(*outside)(4 * POINTS, np.random.default_rng(0))
        exact = problems.exact()
        for row, threshold in enumerate(measure_threshold(problems)):
            group = problems.op == row
            assert 0 < threshold < 1e-3 * float((exact[group] ** 2).mean()), name


def test_threshold_of_one_problem_is_the_squared_error_of_weights_off_by_epsilon() -> None:
    a, b = 3.0, 5.0
    problems = Problems(OPERATIONS, np.full(4, a), np.arange(4, dtype=np.int8), np.full(4, b))
    near = 1 - 1e-5
    expected = [
        (near * (a + b) - (a + b)) ** 2,
        (near * (a - b) - (a - b)) ** 2,
        ((a * b) ** near - a * b) ** 2,
        ((a / b) ** near - a / b) ** 2,
    ]
    assert measure_threshold(problems) == pytest.approx(expected, rel=1e-6)


def test_wilson_interval_agrees_with_published_values() -> None:
    # Wilson (1927), as tabulated for 25 of 25 and for 81 of 263 (Newcombe 1998).
    assert compute_wilson_interval(25, 25) == pytest.approx((0.8668, 1.0), abs=1e-4)
    assert compute_wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_benchmarks_page_has_the_tables_of_the_committed_results() -> None:
    page = PAGE.read_text("utf-8")
    assert page.count("<!-- table:") == page.count("<!-- end -->") > 5
    assert fill(page) == page, "run python -m benchmarks.tables"
