"""The end table: what a new version is told beside."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import (
    CalculationDescription,
    CalculationManifest,
    as_calculation,
)
from trainer.results.summary import Before, find_before
from trainer.tasks.calculation.summary import tabulate_metrics
from trainer.tasks.calculation.task import TASK

SHIPPED = Path(__file__).parents[2] / "artifacts" / "mlp" / "1"


def add_version(folder: Path, seed: int = 42, **data: Any) -> CalculationManifest:
    """Publish the shipped MLP again, as if it had been tested on other problems."""
    given = json.loads((SHIPPED / "manifest.json").read_text())
    config = given["config"] | {"data": given["config"]["data"] | data}
    manifest = Store(SHIPPED.parents[1]).manifest("mlp", 1)
    source = folder / "source"
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir()
    (source / "model.onnx").write_bytes(b"any")
    facts = {name: getattr(manifest, name) for name in CalculationDescription.model_fields}
    described = CalculationDescription(**facts | {"seed": seed, "config": config})
    return as_calculation(publish(Store(folder / "store"), source, described))


def look_back(folder: Path, manifest: CalculationManifest) -> Before:
    return find_before(manifest, Store(folder / "store"), TASK.list_differences_of_data)


@pytest.mark.parametrize(
    ("seed", "data", "named"),
    [
        (42, {"range": [-100.0, 100.0]}, "data.range"),
        (42, {"operations": ["+", "-"]}, "data.operations"),
        (42, {"min_divisor": 0.2}, "data.min_divisor"),
        (42, {"clip_divisor": 0.6}, "data.clip_divisor"),
        (42, {"samples": 400}, "data.samples"),
        (7, {}, "seed"),
    ],
)
def test_version_tested_on_other_problems_is_named_and_left_out(
    seed: int, data: dict[str, Any], named: str, tmp_path: Path
) -> None:
    add_version(tmp_path)
    new = add_version(tmp_path, seed, **data)
    before = look_back(tmp_path, new)
    assert before.manifest is None
    assert before.note == (
        f"Version 1 was tested on other questions ({named} differ): its figures do not stand "
        "beside these."
    )
    headers = [str(column.header) for column in tabulate_metrics(new, None).columns]
    assert not any("version" in header for header in headers)


def test_latest_version_of_the_same_test_part_is_beside(tmp_path: Path) -> None:
    add_version(tmp_path)
    add_version(tmp_path, clip_divisor=0.6)
    new = add_version(tmp_path)
    before = look_back(tmp_path, new)
    assert before.manifest
    assert before.manifest.version == 1
    assert before.note.startswith("Version 2 was tested on other questions (data.clip_divisor")
    table = tabulate_metrics(new, as_calculation(before.manifest))
    assert table.columns[-1].header == "MAE of version 1"


def test_setting_that_an_earlier_release_did_not_know_is_as_it_was_then(tmp_path: Path) -> None:
    manifest = add_version(tmp_path)
    old = dict(manifest.config)
    old["data"] = {name: value for name, value in old["data"].items() if name != "min_divisor"}
    earlier = manifest.model_copy(update={"config": old})
    assert TASK.list_differences_of_data(manifest, earlier) == []


def test_first_version_has_none_beside_it(tmp_path: Path) -> None:
    assert look_back(tmp_path, add_version(tmp_path)) == Before()
