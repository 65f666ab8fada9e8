"""Says what made a version: source revision and library versions."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

_LIBRARIES = (
    "tensorflow",
    "tensorflow-cpu",
    "keras",
    "keras-tuner",
    "scikit-learn",
    "numpy",
    "tf2onnx",
    "onnx",
    "onnxruntime",
)


def find_libraries() -> dict[str, str]:
    """Return the versions of Python and of the libraries that matter, those installed."""
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # one of the two TensorFlow packages is always missing
    return versions


def find_revision() -> str:
    """Return the revision of the source code.

    `TABUADA_SOURCE_REVISION` where it is set, as in an image; else what git says, with
    `-dirty` after it where the work tree differs; else `unknown`.
    """
    if revision := os.environ.get("TABUADA_SOURCE_REVISION"):
        return revision
    root = Path(__file__).parent.parent
    try:
        return subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
