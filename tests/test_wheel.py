"""The wheel brings the client and the command, and works where nothing else of ours is."""

import re
import shlex
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from email import message_from_string
from pathlib import Path

import pytest

from tests.service.serving import Server

ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "tabuada", "service", "trainer")
LOCK = ROOT / "requirements" / "serve.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tree, since building leaves files there."""
    tree = tmp_path_factory.mktemp("tree")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            leave_out = shutil.ignore_patterns("__pycache__", "static")
            shutil.copytree(ROOT / name, tree / name, ignore=leave_out)
        else:
            shutil.copy(ROOT / name, tree / name)
    built = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index",
        "--wheel-dir", built, tree)  # fmt: skip
    (wheel,) = built.iterdir()
    return wheel


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service over a network that ships."""
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "artifacts" / "arithmetic" / "1", folder / "store" / "arithmetic" / "1")
    server = Server(folder / "store", folder / "log", default_model="arithmetic")
    server.wait_ready()
    yield server
    server.stop()


def run(
    *command: str | Path, folder: Path | None = None, environment: dict[str, str] | None = None
) -> str:
    """Return what a command says that ends well."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done
    return done.stdout


def write_constraints(file: Path) -> Path:
    """Write what is locked in a form that pip takes beside a wheel of our own, without hashes."""
    pins = re.findall(r"^([a-z0-9][\w.-]*)(?:\[.*?\])?(==[^\\\n]+)", LOCK.read_text(), re.M)
    file.write_text("".join(f"{name}{version}\n" for name, version in pins))
    return file


def test_wheel_brings_the_whole_package_and_nothing_beside_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    distribution = wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"
    assert {name.split("/")[0] for name in names} == {"tabuada", distribution}
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "tabuada",
                 folder=ROOT).splitlines()  # fmt: skip
    present = {name for name in listed if (ROOT / name).is_file()}
    assert {name for name in names if name.startswith("tabuada/")} == present
    assert "tabuada/py.typed" in present


def test_wheel_has_the_program_and_the_client_extra(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (folder,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    programs = ConfigParser()
    programs.read_string(archive.read(f"{folder}/entry_points.txt").decode())
    assert dict(programs["console_scripts"]) == {"tabuada": "tabuada.command.program:run"}
    described = message_from_string(archive.read(f"{folder}/METADATA").decode())
    required = described.get_all("Requires-Dist", [])
    assert [line for line in required if "extra" not in line] == [
        "numpy<3,>=2.2", "pydantic<3,>=2.14"
    ]  # fmt: skip
    assert 'httpx<0.29,>=0.28; extra == "client"' in required


@pytest.mark.slow
def test_wheel_in_an_empty_environment_asks_a_running_service(
    wheel: Path, server: Server, tmp_path: Path
) -> None:
    constraints = write_constraints(tmp_path / "constraints.txt")
    venv.create(tmp_path / "empty")
    installed = tmp_path / "empty" / "bin"
    pip = (sys.executable, "-m", "pip", "--python", installed / "python", "--quiet")
    run(*pip, "install", "--only-binary", ":all:", "--constraint", constraints, wheel)

    # First without the client's library: it says what to run, and that is what is run.
    question = (installed / "tabuada", "--url", server.url, "4.93 + 4.02")
    plain = {"PATH": "", "LANG": "C.UTF-8", "NO_PROXY": "127.0.0.1"}
    refused = subprocess.run(
        question, cwd=tmp_path, env=plain, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2, refused
    program, *advice = shlex.split(refused.stderr.partition("Run: ")[2])
    assert (program, advice) == ("pip", ["install", "tabuada[client]"])
    run(*pip, *advice, "--only-binary", ":all:", "--constraint", constraints, folder=tmp_path)

    told = run(*question, folder=tmp_path, environment=plain).splitlines()
    assert told[0].split() == ["expression", "exact", "arithmetic", "v1", "error"]
    assert told[1].split() == ["4.93", "+", "4.02", "8.95", "8.95", "0"]
    assert "usage: tabuada " in run(installed / "tabuada", "--help", environment=plain)
    found = run(installed / "python", "-c", "import tabuada.client as c; print(c.__file__)",
                folder=tmp_path, environment=plain)  # fmt: skip
    assert Path(found).is_relative_to(tmp_path / "empty")
