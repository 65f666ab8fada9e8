"""Every figure of the READMEs, held to the committed results; both READMEs have the same ones."""

import re

import pytest

from benchmarks.service_tables import REACH
from tests.figures import collect_figures
from tests.readme import ENGLISH

# Figures that are not measured: promises, limits and definitions, most of them held elsewhere.
GIVEN = {
    *("3.11", "3.13"),  # Python
    "32",  # float32
    *("0.000001", "1000000", "10000", "0.1", "0.6", "-10", "10", "20", "2", "1", "0", "64"),
    *("100", "99", "503", "504"),  # problems a request, p99, statuses
    *(
        "9007199254740993",
        "17",
        "16",
    ),  # what float64 does not hold, and what it prints; MiB of JSON
    *("1.29", "1.37"),  # Kubernetes
}
TABLE = {
    "as published": ("published",),
    "preset `seed`": ("seed.test", "seed.full", *(f"seed.full.{s}" for s in "+-*/")),
    **{
        f"`{model}` version {version}": tuple(
            f"{model}.{key}" for key in ("seed", "full", *(f"full.{s}" for s in "+-*/"))
        )
        for model, version in (("mlp", 2), ("arithmetic", 1))
    },
}


def test_readme_tells_no_figure_that_is_not_in_the_committed_results() -> None:
    measured = {figure for text in collect_figures().values() for figure in ENGLISH.figures(text)}
    prose = re.sub(r"`[^`\n]+`|\]\([^)]*\)|<[^>]*>", "", ENGLISH.prose)
    told = set(ENGLISH.figures(prose))
    assert len(told & measured) > 40
    assert told <= measured | GIVEN


@pytest.mark.parametrize(("label", "names"), TABLE.items(), ids=TABLE.keys())
def test_readme_s_table_of_errors_has_each_figure_in_its_place(
    label: str, names: tuple[str, ...]
) -> None:
    figures = collect_figures()
    (row,) = re.findall(rf"^\| {re.escape(label)}[^|]*\|(.*)\|$", ENGLISH.prose, re.M)
    cells = [cell.strip() for cell in row.split("|")]
    assert [cell for cell in cells if cell] == [figures[name] for name in names]


def test_readme_s_steps_are_the_measured_ones_in_their_order() -> None:
    figures = collect_figures()
    rows = re.findall(r"^\| [^|`]+ \| (\d\.\d{4}) \| (\d\.\d{4}) \|$", ENGLISH.prose, re.M)
    steps = [(figures[f"step.{n}.test"], figures[f"step.{n}.seed"]) for n in range(len(rows))]
    assert len(rows) > 5
    assert rows == steps


def test_readme_s_table_of_servers_is_the_measured_one() -> None:
    figures = collect_figures()
    table = ENGLISH.prose.partition("| server | requests a second |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| [^|]+ \| ([\d,]+) \| ([\d.]*) *\|$", table, re.M)
    names = [name.removeprefix("serving.") for name in figures if name.startswith("serving.")]
    servers = [name for name in names if "." not in name]
    expected = [(figures[f"serving.{n}"], figures.get(f"serving.ratio.{n}", "")) for n in servers]
    assert len(servers) == 10
    assert rows == expected


def test_committed_results_reach_what_was_to_be_reached() -> None:
    figures = collect_figures()
    assert float(figures["seed.test"]) < float(figures["published"])
    assert float(figures["seed.least"]) < float(figures["seed.greatest"])
    assert float(figures["mlp.seed"]) <= 0.03
    assert float(figures["mlp.test"]) <= 0.02
    assert float(figures["mlp.full"]) <= 0.02
    assert int(figures["refusals.wrong"]) == 0
    assert int(figures["served.seeds"]) == 25
    assert int(figures["served.ulps"]) <= 1
    assert float(figures["served.slowest"]) <= 60
    assert figures["smat.solved"] == figures["smat.cells"] == "900"
    assert all(float(figures[f"npu.{symbol}"]) <= 1e-6 for symbol in "+*/")
    for server, least in REACH.items():
        assert float(figures[f"serving.ratio.{server}"]) >= least, server
    assert float(figures["service.start"]) <= 2
    assert int(figures["service.memory"]) <= 120
    assert float(figures["binary.ratio"]) >= 0.5
    assert float(figures["swaps.ratio"]) <= 1.5
    assert float(figures["overload.recovery"]) <= 1
    assert float(figures["ray.ratio"]) >= 1.7
    assert int(figures["image.service"]) <= 220
