"""The engine, the images, and projects that leave nothing behind."""

import os
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from benchmarks.images import read_size
from tests.containers.engine import find_compose, run_command
from tests.containers.project import Project
from tests.readme import ROOT

Note = Callable[[str], None]
StartProject = Callable[..., Project]
BUILD_S = 1800.0
_NOTES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_NOTES] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the figures that the tests noted, after all else."""
    for line in terminalreporter.config.stash[_NOTES]:
        terminalreporter.write_line(f"containers: {line}")


@pytest.fixture(scope="session")
def note(request: pytest.FixtureRequest) -> Note:
    """Return what notes a figure."""
    return request.config.stash[_NOTES].append


@pytest.fixture(scope="session")
def compose() -> list[str]:
    """Return the command that is Compose here."""
    return find_compose()


@pytest.fixture(scope="session", autouse=True)
def images(compose: list[str], note: Note) -> None:
    """Build the images that the compose file names, from what lies here."""
    revision = run_command(["git", "-C", str(ROOT), "rev-parse", "HEAD"], check=False)
    for name in ("service", "trainer"):
        begin = time.monotonic()
        run_command(
            [*compose, "--file", str(ROOT / "docker-compose.yml"), "build", name],
            environment={"SOURCE_REVISION": revision, **os.environ},
            timeout_s=BUILD_S,
        )
        megabytes = read_size(f"tabuada-{name}") / 1e6
        note(f"built tabuada-{name} in {time.monotonic() - begin:.0f} s, {megabytes:.0f} MB in all")


@pytest.fixture(scope="module")
def start_project(
    compose: list[str], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> StartProject:
    """Return what starts a project of the compose file; all it made goes in the end."""
    numbers = count(1)

    def start(
        override: dict[str, Any] | None = None, settings: dict[str, str] | None = None
    ) -> Project:
        module = request.module.__name__.rsplit("_", 1)[-1]
        name = f"tabuada-{module}-{os.getpid()}-{next(numbers)}"
        folder = tmp_path_factory.mktemp("compose")
        project = Project(compose, name, folder, override, settings)
        request.addfinalizer(project.close)
        return project

    return start
