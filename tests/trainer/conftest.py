"""One real training run for all tests of the trainer."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tabuada.artifacts.store import Artifact, Store
from tabuada.manifests.calculation import CalculationManifest, as_calculation

TINY = Path(__file__).with_name("tiny.toml")
ENVIRONMENT = os.environ | {"PYTHONWARNINGS": "default", "COLUMNS": "200"}

Trainer = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished run: its store, its artifact and what it printed."""

    store: Store
    artifact: Artifact
    runs: Path
    output: str

    @property
    def manifest(self) -> CalculationManifest:
        """What the version says about itself."""
        return as_calculation(self.artifact.manifest)

    @property
    def training(self) -> Path:
        """Folder with tables, plots and report."""
        return self.artifact.folder / "training"


def trainer_command(*arguments: str | Path) -> list[str]:
    """Return the command line of the trainer in this environment."""
    return [sys.executable, "-m", "trainer", *map(str, arguments)]


def run_trainer(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the trainer's command line to its end, in an environment with these variables too."""
    # Put together here: a fixture may have added to the first.
    environ = os.environ | ENVIRONMENT | dict(environment or {})
    return subprocess.run(
        trainer_command(*arguments),
        capture_output=True,
        text=True,
        check=False,
        env=environ,
        timeout=300,
    )


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A version trained and published by the real command line."""
    folder = tmp_path_factory.mktemp("trained")
    done = run_trainer(
        "run", "--preset", "seed", "--config", TINY,
        "--artifacts", folder / "store", "--runs", folder / "runs",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    store = Store(folder / "store")
    return Trained(store, store.open("mlp", 1), folder / "runs", done.stdout)


@pytest.fixture(scope="session", autouse=True)
def _as_the_trainer_does(one_thread: None) -> None:
    """Whatever test comes first, TensorFlow is set up before it computes."""
