"""How a report writes numbers, problems, networks and how a version was made."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tabuada.artifacts.store import Store
from tabuada.manifests.manifest import RunRecord
from tests.trainer.test_report import SHIPPED, strip_tags, write
from trainer.results.report.languages import format_value, write_text
from trainer.results.report.network import place_layers, read_archive, read_layers
from trainer.results.report.network_picture import draw_network
from trainer.results.report.provenance import write_duration
from trainer.results.report.record import Record, read_record
from trainer.results.tables import Table
from trainer.tasks.calculation.report.wording import typeset

RUN = RunRecord(
    started_at="2026-11-25T19:00:00+00:00",
    processors=("Processor One, AVX2", "Processor Two, AVX-512"),
    cores=2,
    stages_s={"search": 130.6, "fit": 3605.0, "evaluate": 0.2},
    whole_s=3735.8,
    interruptions=1,
    examples={"training": 6000, "validation": 2000, "test": 2000},
)


@pytest.fixture(scope="module", params=["mlp", "arithmetic"])
def shipped(request: pytest.FixtureRequest) -> Record:
    return read_record(Store(SHIPPED).open(request.param, 1))


@pytest.fixture(scope="module")
def mlp() -> Record:
    return read_record(Store(SHIPPED).open("mlp", 1))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.9999996, "0.9999996"),
        (0.99999999991, "0.99999999991"),
        (1 - 2**-53, "0.9999999999999999"),
        (-0.9999996, "-0.9999996"),
        (1.0000004, "1.0000004"),
        (1.0, "1"),
        (-1.0, "-1"),
        (0.99989, "0.99989"),
        (0.0, "0"),
        (123456.0, "1.2346e+05"),
        (2000, "2,000"),
    ],
)
def test_numbers_next_to_one_are_told_from_it(value: float, written: str) -> None:
    assert format_value(value) == written


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("-5.3 - -9.38", "~5.3 ~ (~9.38)"),
        ("2.39 + 3.5", "2.39 + 3.5"),
        ("-0.9 * 2.4", "~0.9 \N{MULTIPLICATION SIGN} 2.4"),
        ("0.4 / -7.39", "0.4 ÷ (~7.39)"),
        ("sqrt(2.25)", "sqrt(2.25)"),
        ("sin(-2.25)", "sin(~2.25)"),
    ],
)
def test_problems_are_printed_with_signs_and_brackets(plain: str, printed: str) -> None:
    assert typeset(plain) == printed.replace("~", "\N{MINUS SIGN}")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.2, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (3735.8, "1 h 2 min 16 s")],
)
def test_durations_are_written_in_hours_minutes_and_seconds(seconds: float, written: str) -> None:
    assert write_duration(seconds) == written


def test_report_tells_when_on_what_and_for_how_long(mlp: Record, tmp_path: Path) -> None:
    page = write(replace(mlp, run=RUN), tmp_path)
    said = re.sub(r"\s+", " ", strip_tags(page))
    for english in (
        "processor processador Processor One, AVX2; Processor Two, AVX-512",
        "1 h 2 min 16 s: search 2 min 11 s, fit 1 h 5 s, evaluation 0 s",
        "6,000 to learn from, 2,000 to choose by, 2,000 to test with",
        "2026-11-24 08:47 UTC",
        "keras 3.15.1",
    ):
        assert english in said
    for portuguese in (
        "1 h 2 min 16 s: busca 2 min 11 s, treino final 1 h 5 s, avaliação 0 s",
        "6.000 para aprender, 2.000 para escolher, 2.000 para testar",
        "24/11/2026 08:47 UTC",
    ):
        assert portuguese in said


def test_report_draws_every_network_from_its_own_configuration(
    shipped: Record, tmp_path: Path
) -> None:
    """The layers that Keras itself would tell, of families that differ in all they are made of."""
    layers = read_layers(shipped.network)
    picture = re.search(r"<svg class=network.*?</svg>", write(shipped, tmp_path))
    assert picture
    drawn = re.findall(r"class=kind [^>]*>(?:<tspan class=en lang=en>)?([^<]+)<", picture[0])
    assert drawn == ["Input" if each.kind == "InputLayer" else each.kind for each in layers]
    if shipped.model == "mlp":
        dense = [layer for layer in layers if layer.kind == "Dense"]
        assert [layer.units for layer in dense] == [96] * 5 + [1]
        assert [layer.functions[:1] for layer in dense[:-1]] == [("silu",)] * 5
        assert [layer.weights for layer in dense] == [672, *[96 * 97] * 4, 97]
        assert next(layer.inputs for layer in layers if layer.kind == "Add") == ("dense", "dense_1")
    else:
        assert [*layers[-1].matrices] == ["additive", "multiplicative", "gate"]
        for path in ("additive", "multiplicative", "gate"):
            assert f">{path}<" in picture[0]
        said = strip_tags(write(shipped, tmp_path))
        assert re.search(r"÷\s+0\s+0\s+1\s+\N{MINUS SIGN}1\s+0\s", said)


def test_picture_goes_round_what_a_connection_passes() -> None:
    names = ("a", "b", "c", "d")
    reads = {"a": [], "b": ["a"], "c": ["b"], "d": ["a", "c"]}
    config = {
        "config": {
            "layers": [
                {
                    "class_name": "Dense",
                    "config": {"name": name, "units": 3},
                    "inbound_nodes": [
                        {
                            "class_name": "__keras_tensor__",
                            "config": {"shape": [None, 3], "keras_history": [source, 0, 0]},
                        }
                        for source in reads[name]
                    ],
                }
                for name in names
            ]
        }
    }
    layers = read_layers(config)
    assert [[layer.name for layer in row] for row in place_layers(layers)] == [[n] for n in names]
    picture = draw_network(layers)
    assert picture.count("class=line") == 4
    assert len(re.findall(r"class=line d='M[^']* H[^']* V", picture)) == 1


@pytest.mark.parametrize(
    "config",
    [
        {}, {"config": 3}, {"config": {"layers": [{}]}}, {"config": {"layers": "x"}},
        {"config": {"layers": [{"class_name": 1, "config": {"name": 2}, "inbound_nodes": [7]}]}},
    ],
)  # fmt: skip
def test_network_that_is_not_understood_costs_its_section_only(
    config: dict[str, object], mlp: Record, tmp_path: Path
) -> None:
    said = strip_tags(write(replace(mlp, network=config), tmp_path))
    assert "Test part, by operation" in said
    assert len(read_layers(config)) < 2


@pytest.mark.parametrize("content", [b"", b"PK", b"{}"])
def test_archive_that_is_none_holds_no_network(content: bytes) -> None:
    assert read_archive(content) == {}


def test_archive_s_configuration_is_an_object() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps([1]))
    assert read_archive(file.getvalue()) == {}


def test_words_of_a_network_are_escaped(mlp: Record, tmp_path: Path) -> None:
    attack = "</svg><script>alert(1)</script>"
    config = {"class_name": attack, "config": {"name": attack, "units": 2, "activation": attack}}
    page = write(replace(mlp, network=config), tmp_path)
    assert "<script>alert" not in page


def test_comparison_of_one_value_is_a_sentence(mlp: Record, tmp_path: Path) -> None:
    table = mlp.tables["trials_by_activation"]
    one = Table(table.header, [row for row in table.rows if row[0] == "silu"])
    page = write(replace(mlp, tables=mlp.tables | {"trials_by_activation": one}), tmp_path)
    said = strip_tags(page)
    assert "Every trial had activation silu, so there is nothing to compare it with" in said
    assert "never drawn: relu, leaky_relu, tanh, gelu." in said
    assert "Trials by activation" not in said
    assert "Trials by optimizer" in said


def test_report_says_that_fewer_trials_were_run_than_asked_for(mlp: Record, tmp_path: Path) -> None:
    config = mlp.config | {"search": mlp.config["search"] | {"trials": 55}}
    said = strip_tags(write(replace(mlp, config=config), tmp_path))
    assert "55 trials were asked for, and 40 run" in said
    assert "trials were asked for" not in strip_tags(write(mlp, tmp_path))


def test_versions_tested_on_other_problems_do_not_stand_side_by_side(
    mlp: Record, tmp_path: Path
) -> None:
    data = mlp.config["data"] | {"range": [-100.0, 100.0]}
    other = replace(mlp, version=2, config=mlp.config | {"data": data})
    said = strip_tags(write(mlp, tmp_path, other))
    assert "different problems, since data.range differ" in said
    assert "Metrics on the test part" not in said
    assert "on the same problems" not in said

    # The test part is another one, and what is drawn from the whole range is the same.
    data = mlp.config["data"] | {"clip_divisor": 0.6}
    other = replace(mlp, version=2, config=mlp.config | {"data": data})
    said = strip_tags(write(mlp, tmp_path, other))
    assert "Metrics on the test part" not in said
    assert re.search(r"full range\s+faixa completa\s+all", said)
    assert not re.search(r"fresh problems\s+contas novas\s+all", said)


def test_texts_take_values_of_both_languages() -> None:
    assert write_text("{value}", value=0.5).count("span") == 4
