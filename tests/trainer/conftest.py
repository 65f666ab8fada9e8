"""One real training run for all tests of the trainer."""

import io
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import CalculationManifest, as_calculation
from trainer.cli import main

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


@pytest.fixture(scope="module", autouse=True)
def _as_the_trainer_does(request: pytest.FixtureRequest) -> None:
    """Whatever test comes first, TensorFlow is set up before it computes: where it is imported."""
    if "tensorflow" in sys.modules:
        request.getfixturevalue("one_thread")


@contextmanager
def ignoring_warnings() -> Iterator[None]:
    """Take what libraries warn of while networks are trained as a user does: it is no failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Trained:  # noqa: ARG001
    """A version that the command line searched, trained and published.

    All of it takes place here, where TensorFlow is imported already, but for the search's workers,
    which are processes of their own.
    """
    folder = tmp_path_factory.mktemp("trained")
    said = io.StringIO()
    with redirect_stdout(said), ignoring_warnings(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("COLUMNS", ENVIRONMENT["COLUMNS"])
        options = ("--preset", "seed", "--config", TINY, "--runs", folder / "runs",
                   "--artifacts", folder / "store")  # fmt: skip
        assert main(["run", *map(str, options)]) == 0
    store = Store(folder / "store")
    return Trained(store, store.open("mlp", 1), folder / "runs", said.getvalue())
