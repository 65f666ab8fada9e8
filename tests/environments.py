"""Environments of programs that pin packages which this project has newer, or that are large."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def make_environment(name: str, *packages: str) -> Path:
    """Return the interpreter of an environment with some packages, made at the first run.

    Args:
        name: Of its folder in `.venv`. It says which packages, with their versions; `make clean`
            removes all of them.
        packages: As one names them to pip, with their versions.
    """
    folder = ROOT / ".venv" / name
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install: list[str | Path] = [ROOT / "scripts" / "install-packages", folder, *packages]
        subprocess.run(install, check=True, timeout=600)
        ready.touch()
    return python
