"""Runs what generates clients, and the programs that use them."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.description.cases import ADMIN_KEY
from tests.description.clients.expected import EXPECTED, REFUSED
from tests.service.serving import ROOT, Server

PROGRAMS = Path(__file__).parent
PACKAGES = PROGRAMS / "node_modules"
"""Of npm, as `package-lock.json` here locks them; `install_packages` fetches them."""


def run(command: Sequence[object], folder: Path, **environment: str) -> str:
    """Run a program to its end and return what it wrote.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        environment: Variables beyond those of this process.
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,  # bounds a failure
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def install_packages() -> None:
    """Have the packages of npm there, fetching them at the first run: some seconds and 85 MB."""
    installed, lock = PACKAGES / ".package-lock.json", PROGRAMS / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run([ROOT / "scripts" / "npm", "ci", *options], PROGRAMS)
        installed.touch()


def check_answers(written: str) -> None:
    """Compare what a client got with what every one gets."""
    answers: dict[str, Any] = json.loads(written)
    code, message = answers.pop("refused")
    assert [code, message[: len(REFUSED[1])]] == REFUSED
    assert answers == EXPECTED


def name_service(server: Server) -> list[str]:
    """Return what the programs need to know of a service."""
    return [server.url, ADMIN_KEY]
