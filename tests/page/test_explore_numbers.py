"""The reckoning behind Explore, run in Node and held against the same in Python."""

import csv
import math
import random
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.page.node import Modules
from tests.service.serving import ROOT

VIEW = "views/explore"
ZERO = {"operand": "b", "at": 0, "every": None, "distance": 0.1}
DOMAIN = {
    "symbol": "/",
    "regions": [{"a": [-10, 10], "b": [-10, 10], "whole_b": False}],
    "poles": [ZERO],
}
LOPSIDED = {
    "symbol": "/",
    "regions": [{"a": [0, 12], "b": [1, 5], "whole_b": False}],
    "poles": [],
}
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(modules: Modules) -> Run:
    """Return what an expression over a `module` of the view makes of what is `given`."""
    modules.run(f"{VIEW}/plots.js", "module.loadPlots()")
    return lambda name, body, given=None: modules.run(f"{VIEW}/{name}.js", body, given)


@pytest.mark.parametrize("factor", [1, 2, 10])
@pytest.mark.parametrize("domain", [DOMAIN, LOPSIDED], ids=["even", "lopsided"])
def test_grid_spans_the_widened_domain(run: Run, domain: dict[str, Any], factor: int) -> None:
    (region,) = domain["regions"]
    grid = run(
        "grid", "module.makeGrid(given.spans, given.factor)", {"spans": region, "factor": factor}
    )
    for name in "ab":
        low, high = region[name]
        middle, half = (low + high) / 2, (high - low) / 2 * factor
        np.testing.assert_allclose(grid[name], np.linspace(middle - half, middle + half, 81))
    assert domain is LOPSIDED or grid["b"][40] == 0
    assert (grid["x2"] - grid["x1"]) / (grid["a"][-1] - grid["a"][0]) == pytest.approx(81 / 80)


def test_grid_leaves_out_what_has_no_value_and_nothing_else(run: Run) -> None:
    listed = "module.listProblems(module.makeGrid(given.spans, 1), given.operation)"
    divided = run("grid", listed, {"spans": DOMAIN["regions"][0], "operation": "/"})
    added = run("grid", listed, {"spans": DOMAIN["regions"][0], "operation": "+"})
    assert 0 not in divided["b"]
    assert len(divided["cells"]) == 81 * 80
    assert added["cells"] == list(range(81 * 81))


@pytest.mark.parametrize("domain", [DOMAIN, LOPSIDED], ids=["in two halves", "in one part"])
def test_trained_and_untrained_parts_tile_the_map(
    run: Run, modules: Modules, domain: dict[str, Any]
) -> None:
    (region,) = domain["regions"]
    least = domain["poles"][0]["distance"] if domain["poles"] else 0
    grid = run("grid", "module.makeGrid(given, 2)", region)
    found = {
        "trained": modules.run("domains.js", "module.listTrained(given)", domain),
        "untrained": modules.run("domains.js", "module.listUntrained(...given)", [domain, grid]),
    }
    draw = random.Random(5)
    for _ in range(2000):
        a, b = draw.uniform(-19, 19), draw.choice([draw.uniform(-9, 9), draw.uniform(-0.2, 0.2)])
        inside = all(
            low <= value <= high
            for value, (low, high) in zip((a, b), (region["a"], region["b"]), strict=True)
        )
        covered = {name: sum(_holds(part, a, b) for part in found[name]) for name in found}
        trained = int(inside and abs(b) >= least)
        on_map = _holds(grid, a, b)
        assert covered == {"trained": trained, "untrained": int(on_map) - trained}, (a, b)


def _holds(part: dict[str, float], a: float, b: float) -> bool:
    return part["x1"] <= a <= part["x2"] and part["y1"] <= b <= part["y2"]


def test_summary_is_that_of_the_cells_asked_for(run: Run) -> None:
    draw = random.Random(7)
    errors = [draw.choice([0.0, *(draw.expovariate(1) for _ in range(4))]) for _ in range(400)]
    outside = [int(draw.random() < 0.3) for _ in errors]
    cells_and_one_undefined = "{errors: [NaN, ...given.errors], outside: [0, ...given.outside]}"
    summary = f"module.summarize({cells_and_one_undefined}, given.cells)"
    for cells in ("trained", "outside", "all"):
        given = {"errors": errors, "outside": outside, "cells": cells}
        asked = [
            e
            for e, o in zip(errors, outside, strict=True)
            if cells == "all" or o == (cells == "outside")
        ]
        found = run("grid", summary, given)
        assert found["count"] == len(asked)
        assert found["exact"] == asked.count(0)
        assert found["median"] == pytest.approx(statistics.median(asked))
        assert found["largest"] == max(asked) == errors[found["worst"] - 1]
    nothing = {"errors": [1.0], "outside": [0], "cells": "outside"}
    assert run("grid", summary, nothing) is None


@pytest.mark.parametrize(("largest", "end"), [(0, 1), (0.03, 1), (5.4, 10), (9980, 1e4)])
def test_scale_ends_at_a_power_of_ten(run: Run, largest: float, end: float) -> None:
    scale = run("grid", "module.findScale([{errors: [0, given], outside: [0, 0]}])", largest)
    assert scale == pytest.approx([1e-4, end])


@pytest.mark.parametrize("factor", [1, 10])
def test_sample_fills_the_domain_and_keeps_off_zero(run: Run, factor: int) -> None:
    sample = run(
        "sample",
        "module.drawSample(given.domain, given.factor, Math.random, 4000)",
        {"domain": DOMAIN, "factor": factor},
    )
    a, b = np.array(sample["a"]), np.array(sample["b"])
    assert len(a) == len(b) == 4000
    assert abs(b).min() >= 0.1
    for values in (a, b):  # five standard errors of a uniform distribution's mean and spread
        assert abs(values).max() <= 10 * factor
        assert abs(values.mean()) < 5 * 10 * factor / math.sqrt(3 * 4000)
        assert values.std() == pytest.approx(10 * factor / math.sqrt(3), rel=0.05)


@pytest.mark.parametrize("model", ["mlp", "arithmetic"])
def test_records_are_read_as_the_trainer_wrote_them(run: Run, model: str) -> None:
    folder = ROOT / "artifacts" / model / "1" / "training"
    with (folder / "trials.csv").open(newline="") as file:
        written = sorted(csv.DictReader(file), key=lambda row: float(row["val_mae"]))
    read = run(
        "records",
        "module.readTrials(module.parseTable(given))",
        (folder / "trials.csv").read_text(),
    )
    assert [t["trial"] for t in read["trials"]] == [row["trial"] for row in written]
    assert read["failed"] == 0
    assert "learning_rate" in read["names"]
    assert not {"trial", "mae", "seconds", "failure"} & set(read["names"])
    epochs = run(
        "records",
        "module.readEpochs(module.parseTable(given))",
        (folder / "history.csv").read_text(),
    )
    with (folder / "history.csv").open(newline="") as file:
        assert [e["val_mae"] for e in epochs] == [float(r["val_mae"]) for r in csv.DictReader(file)]


def test_trials_that_failed_are_counted_not_drawn(run: Run) -> None:
    table = (
        'trial,rate,val_mae,failure\n1,0.1,0.5,\n2,0.2,,"nan, ""twice"""\n3,0.3,nan,\n4,0.4,0.2,\n'
    )
    read = run("records", "module.readTrials(module.parseTable(given))", table)
    assert [trial["trial"] for trial in read["trials"]] == ["4", "1"]
    assert read["failed"] == 2
    for empty in ("", "trial,rate\n", "trial,rate,val_mae\n1,2,\n"):
        assert run("records", "module.readTrials(module.parseTable(given))", empty) is None
        assert run("records", "module.readEpochs(module.parseTable(given))", empty) is None


def test_axes_place_values_in_order_and_leave_out_what_never_varies(run: Run) -> None:
    trials = [
        {"rate": f"{10**-k}", "width": f"{k}", "kind": "relu" if k % 2 else "tanh", "same": "1",
         "some": "" if k == 2 else f"{k % 3}", "even": f"{k / 8}"}
        for k in range(8)
    ]  # fmt: skip
    script = """module.makeAxes(given, ['rate', 'width', 'kind', 'same', 'some', 'even'])
        .map(axis => [axis.name, given.map(trial => axis.place(trial[axis.name]) ?? null)])"""
    places = dict(run("axes", script, trials))
    assert list(places) == ["rate", "width", "kind", "some", "even"]
    assert places["rate"] == pytest.approx([1 - k / 7 for k in range(8)])  # by factor
    assert places["even"] == pytest.approx([k / 7 for k in range(8)])
    assert places["kind"] == [1, 0] * 4  # in order of the alphabet
    assert places["some"] == [0, 0.5, None, 0, 0.5, 1, 0, 0.5]


@pytest.mark.parametrize("second", ["none", {"model": "b", "version": 12}, None])
def test_choice_survives_the_address(run: Run, second: Any) -> None:
    choice = {
        "first": {"model": "a & b", "version": 3},
        "second": second,
        "operation": "+",
        "range": 10,
    }
    if second is None:
        del choice["second"]
    read = run("choice", "module.readChoice(module.writeChoice(given))", choice)
    assert {name: value for name, value in read.items() if value is not None} == choice


@pytest.mark.parametrize(
    "asked", ["?version=2", "?model=mlp&version=0x1&range=3", "?range=1e9&with=", "?%%%"]
)
def test_choice_that_makes_no_sense_becomes_one_that_does(run: Run, asked: str) -> None:
    models = [
        {"model": "arithmetic", "versions": [1, 2], "default_version": 1},
        {"model": "empty", "versions": []},
        {"model": "mlp", "versions": [1, 4]},
    ]
    script = "module.complete(module.readChoice(given.asked), given.models)"
    choice = run("choice", script, {"asked": f"#/explore{asked}", "models": models})
    assert choice["first"] == {"model": "mlp", "version": 4}
    assert choice["second"] == {"model": "arithmetic", "version": 1}
    assert choice["range"] == 1


def test_version_is_not_set_beside_itself(run: Run) -> None:
    models = [{"model": "mlp", "versions": [1, 2]}]
    script = "module.complete(module.readChoice(given.asked), given.models)"
    asked = "#/explore?model=mlp&version=2&with=mlp"
    assert run("choice", script, {"asked": asked, "models": models})["second"] == "none"
    assert run("choice", script, {"asked": f"{asked}&withVersion=1", "models": models})[
        "second"
    ] == {"model": "mlp", "version": 1}


def test_both_languages_have_the_same_words(run: Run) -> None:
    words = run("words", "module.WORDS")
    assert words["en"].keys() == words["pt-BR"].keys()
    for key, text in words["en"].items():
        names = {part.split("}")[0] for part in text.split("{")[1:]}
        assert names == {part.split("}")[0] for part in words["pt-BR"][key].split("{")[1:]}, key
