"""Says how to install what only some need: the extras of `pyproject.toml`."""

from pathlib import Path


def advise_installing(extra: str) -> str:
    """Return the command that installs an extra beside the code that is running.

    This package is on no index. From its source tree, whose path pip takes, or where a wheel of it
    is installed, which pip then looks no further for.

    Args:
        extra: Its name, such as `storage`.
    """
    tree = Path(__file__).parents[1]
    source = tree if (tree / "pyproject.toml").is_file() else "tabuada"
    return f"pip install '{source}[{extra}]'"
