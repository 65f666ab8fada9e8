"""What model cards say beside figures: the published one only where the problems are its own."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import CalculationDescription, as_calculation
from trainer.presets import load_config
from trainer.tasks.calculation.card import write_card

SHIPPED = Path(__file__).parents[2] / "artifacts"


def write(folder: Path, config: dict[str, Any]) -> str:
    """Return the card of the shipped MLP, as if it had been trained with this configuration."""
    manifest = as_calculation(Store(SHIPPED).manifest("mlp", 1))
    facts = {name: getattr(manifest, name) for name in CalculationDescription.model_fields}
    shutil.copytree(SHIPPED / "mlp" / "1" / "training", folder / "training")
    write_card(folder, CalculationDescription(**facts | {"config": config}))
    return (folder / "MODEL_CARD.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("preset", "overrides", "named"),
    [
        ("seed", [], True),
        ("seed", ["fit.epochs=3"], True),
        ("seed", ["data.range=[-100,100]"], False),
        ("seed", ["data.operations=['+','-']"], False),
        ("seed", ["data.samples=400"], False),
        ("default", [], False),
    ],
)
def test_published_error_is_named_beside_the_same_problems_alone(
    preset: str, overrides: list[str], named: bool, tmp_path: Path
) -> None:
    config = load_config(preset, None, overrides).model_dump(mode="json")
    card = write(tmp_path, config)
    assert ("The published experiment, which this preset repeats" in card) is named
    assert ("a processor that rounds otherwise" in card) is named


def test_card_prints_problems_as_people_write_them(tmp_path: Path) -> None:
    card = write(tmp_path, load_config("default").model_dump(mode="json"))
    assert "-5.3 - -" not in card
    assert any("\N{DIVISION SIGN}" in line for line in card.splitlines() if line.startswith("| "))
