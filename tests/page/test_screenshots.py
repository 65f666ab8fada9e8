"""The script that takes the README's pictures, as a person calls it."""

import struct
import subprocess
from pathlib import Path

import pytest

from tests.service.serving import ROOT

SCRIPT = ROOT / "scripts" / "take-screenshots"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_picture_is_taken_of_a_drawn_view(tmp_path: Path) -> None:
    result = run("calculate", "--folder", str(tmp_path / "new"))
    assert result.returncode == 0, result.stderr
    content = (tmp_path / "new" / "calculate.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (1280, 1120)
    assert 20_000 < len(content) < 300_000  # neither empty nor a burden on the repository


def test_unknown_picture_is_refused(tmp_path: Path) -> None:
    result = run("nope", "--folder", str(tmp_path / "new"))
    assert result.returncode == 2
    assert "expected names out of calculate" in result.stderr
    assert not (tmp_path / "new").exists()
