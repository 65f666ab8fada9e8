"""Says what made a version: processor, library versions and source revision."""

import os
import platform
import subprocess
from functools import cache
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

# By what Linux calls them, widest first. How many numbers are added at a time decides how a sum
# is rounded.
_VECTORS = {"avx512f": "AVX-512", "avx2": "AVX2", "avx": "AVX", "asimd": "NEON"}


@cache
def find_processor() -> str:
    """Return what this machine computes on, such as `Intel(R) Xeon(R) Processor, AVX-512`.

    The widest vector instructions follow the name: results depend on them, and the name of a
    virtual machine's processor often tells no more than who made it.
    """
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", errors="replace")
    except OSError:  # no Linux
        text = ""
    return name_processor(text) or platform.processor() or platform.machine() or "unknown"


def name_processor(text: str) -> str:
    """Return the name of a processor with its vector instructions, from Linux' `/proc/cpuinfo`.

    Returns:
        Empty where the text tells neither.
    """
    facts: dict[str, str] = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:  # of the first core; the others are the same
            facts.setdefault(key.strip().lower(), value.strip())
    flags = (facts.get("flags") or facts.get("features") or "").split()
    vectors = next((name for flag, name in _VECTORS.items() if flag in flags), "")
    name = facts.get("model name") or (platform.machine() if vectors else "")
    return ", ".join(filter(None, (name, vectors)))


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
