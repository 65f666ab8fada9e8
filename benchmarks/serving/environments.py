"""A virtual environment for each server, made once and kept in a folder of its own."""

import hashlib
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

_SHARED = "import sysconfig; print(sysconfig.get_config_var('LDLIBRARY'))"
_VERSION = "import sys; print(*sys.version_info[:3], sep='.')"


class NotInstalled(Exception):
    """An environment cannot be made here."""


def prepare_environment(
    cache: Path, name: str, requirements: tuple[str, ...], shared_libpython: bool
) -> Path:
    """Return the Python of an environment that has these, made now if there is none yet.

    Args:
        cache: Folder of the environments.
        name: What it is for.
        requirements: What is installed; none stands for the environment that runs this.
        shared_libpython: Whether its Python must be one that programs can link to.

    Raises:
        NotInstalled: It cannot be made; the message says why.
    """
    if not requirements:
        return Path(sys.executable)
    base = find_python(shared_libpython)
    version = _ask(base, _VERSION)
    digest = hashlib.sha256("\n".join((version, *requirements)).encode()).hexdigest()[:8]
    folder = cache / f"{name}-{digest}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"installing {' '.join(requirements)} into {folder}", flush=True)
        _call([str(base), "-m", "venv", "--without-pip", str(folder)])
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
        _call([*pip, "--disable-pip-version-check", *requirements])
        (folder / "ready").touch()
    return python


def find_python(shared_libpython: bool) -> Path:
    """Return a Python to make environments from.

    Raises:
        NotInstalled: None has a shared libpython.
    """
    own = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not shared_libpython:
        return own
    minors = (sys.version_info.minor, 12, 11, 10)
    for python in (own, *(Path(f"/usr/bin/python3.{minor}") for minor in minors)):
        if python.exists() and ".so" in _ask(python, _SHARED):
            return python
    raise NotInstalled(
        "expected a Python with a shared libpython. Received: none. On Debian 12: "
        "apt-get install python3.11-venv libpython3.11"
    )


def read_versions(python: Path, libraries: tuple[str, ...]) -> dict[str, str]:
    """Return the version of each library that an environment has."""
    folder = _ask(python, "import sysconfig; print(sysconfig.get_path('purelib'))")
    found = {
        distribution.name.lower(): distribution.version
        for distribution in metadata.distributions(path=[folder])
    }
    known = {name: found[name] for name in libraries if name in found}
    return {**known, "python": _ask(python, _VERSION)}


def pin_as_here(*names: str) -> tuple[str, ...]:
    """Return requirements for the very versions that this environment has."""
    return tuple(f"{name}=={metadata.version(name)}" for name in names)


def find_library_folder(python: Path) -> str:
    """Return the folder of a Python's shared library.

    A program that links to it would otherwise take whichever of this version the system knows
    first, which may be of another patch release than the modules beside this one.
    """
    return _ask(python, "import sysconfig; print(sysconfig.get_config_var('LIBDIR'))")


def _ask(python: Path, code: str) -> str:
    return _call([str(python), "-c", code]).strip()


def _call(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines()]
        # pip warns of much that does not stop it, such as places that it looked at in vain.
        told = [line for line in lines if "ERROR" in line or "Error" in line] or lines
        raise NotInstalled(f"{' '.join(command[1:4])} failed: {' / '.join(told[-3:])[:600]}")
    return done.stdout
