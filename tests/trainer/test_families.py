"""Tests of families: what one lacks is found before a run begins, and Keras only when it is due."""

import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.conftest import ENVIRONMENT
from trainer.cli import main
from trainer.config import TrainerConfig
from trainer.errors import FamilyIncomplete
from trainer.presets import load_config, read_config
from trainer.tasks.calculation.families import FAMILIES

ROOT = Path(__file__).parents[2]
WHOLE = {
    "__init__": """
from PACKAGE.card import CARD
from PACKAGE.space import KnnSpace
from trainer.tasks.calculation.families.family import CalculationFamily

FAMILY = CalculationFamily(
    name="knn", space=KnnSpace, network="PACKAGE.network", card=CARD,
    answers_by="approximation", form="knn", scaler="standard",
)
""",
    "space": """
from typing import Literal

from trainer.spaces import Integers, Space


class KnnSpace(Space):
    family: Literal["knn"]
    neighbours: Integers
""",
    "card": """
from trainer.family import CardTexts

CARD = CardTexts(kind="neighbours", what="It looks.", use="None.", limits="- Everywhere.")
""",
    "network": """
raise RuntimeError("read too early")

def build(values, train, *, total_steps): ...
def finish(network, dataset): ...
""",
}


def write_family(folder: Path, **changes: str | None) -> None:
    """Write the package of a family; changes replace a module, None leaves it out."""
    folder.mkdir()
    for name, text in {**WHOLE, **changes}.items():
        if text is not None:
            (folder / f"{name}.py").write_text(text.replace("PACKAGE", folder.name))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the package of a registered family, which is still to be written."""
    name = f"knn_{secrets.token_hex(4)}"  # modules are imported once in a process
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(FAMILIES.packages, "knn", name)
    return tmp_path / name


def read_knn() -> TrainerConfig:
    """Read a configuration of that family."""
    values: dict[str, Any] = load_config("seed").model_dump(mode="json")
    return read_config({**values, "space": {"family": "knn", "neighbours": [3]}})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"card": None}, r"No module named 'knn_\w+\.card'", id="no card"),
        pytest.param({"card": "CARD = None\n"}, "no card texts", id="an empty card"),
        pytest.param({"space": None}, r"No module named 'knn_\w+\.space'", id="no space"),
        pytest.param({"network": None}, r"no module knn_\w+\.network", id="no network"),
        pytest.param(
            {"network": "def build(values, train, *, total_steps): ...\n"},
            r"no finish in knn_\w+\.network",
            id="no finish",
        ),
        pytest.param({"card": "CARD = (\n"}, "SyntaxError", id="a card that is no Python"),
        pytest.param({"network": "def build(\n"}, "SyntaxError", id="a network that is no Python"),
        pytest.param({"__init__": ""}, "has no attribute 'FAMILY'", id="no facts"),
        pytest.param(
            {"__init__": WHOLE["__init__"].replace('scaler="standard",', "")},
            "'scaler'",
            id="a fact is missing",
        ),
        pytest.param(
            {"__init__": WHOLE["__init__"].replace('name="knn"', 'name="other"')},
            "the facts of the family other",
            id="another family's facts",
        ),
    ],
)
def test_incomplete_family_is_refused_when_the_configuration_is_read(
    package: Path, changes: dict[str, str | None], message: str
) -> None:
    write_family(package, **changes)
    with pytest.raises(FamilyIncomplete, match=message) as refused:
        read_knn()
    assert str(refused.value).startswith("space.family: expected the whole family knn in ")


def test_incomplete_family_ends_a_run_with_one_line_and_no_folder(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_family(package, card=None)
    (tmp_path / "knn.toml").write_text("[space]\nfamily = 'knn'\nneighbours = [3]\n")
    runs, store = tmp_path / "runs", tmp_path / "store"
    options = ["--config", str(tmp_path / "knn.toml"), "--runs", str(runs)]
    assert main(["run", *options, "--artifacts", str(store)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not runs.exists()
    assert not store.exists()


def test_whole_family_is_read_without_its_network(package: Path) -> None:
    write_family(package)
    family = read_knn().family
    assert (family.name, family.network) == ("knn", f"{package.name}.network")
    assert family.network not in sys.modules
    with pytest.raises(RuntimeError, match="read too early"):
        _ = family.networks


def test_unknown_family_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--set", "space.family=forest"]) == 2
    said = capsys.readouterr().err
    assert 'space: expected `family` to be mlp or arithmetic. Received: "forest"' in said


def run_python(program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
        timeout=120,
    )


def test_reading_a_configuration_imports_no_keras() -> None:
    program = (
        "import sys, trainer.cli, trainer.search.search\n"
        "from trainer.presets import list_presets, load_config\n"
        "families = {load_config(preset).family.name for preset in list_presets()}\n"
        "assert families == {'mlp', 'arithmetic'}, families\n"
        "sys.exit(bool({'keras', 'tensorflow', 'keras_tuner'} & set(sys.modules)))"
    )
    done = run_python(program)
    assert done.returncode == 0, done.stderr
