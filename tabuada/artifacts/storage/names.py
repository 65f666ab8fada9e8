"""What things in a store are called, and where they lie in it."""

import re

from tabuada.errors import InvalidName
from tabuada.manifests.files import MANIFEST_NAME
from tabuada.showing import show

STABLE = "stable"
"""The label that says which version is meant where nobody names one."""

_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")


def is_version(text: str) -> bool:
    """Return whether a text is the number of a version as folders and requests write it."""
    return bool(_VERSION.fullmatch(text))


def is_name(text: str) -> bool:
    """Return whether a text is well formed as the name of a model or label."""
    return bool(_NAME.fullmatch(text))


def check_name(name: str) -> str:
    """Return the name of a model or label if it is well formed.

    Raises:
        InvalidName: It is not.
    """
    if not is_name(name):
        raise InvalidName(
            "expected a name of at most 63 lower-case letters, digits, _ and -, beginning with "
            f"a letter. Received: {show(name)}. Look the names up at /models, or choose another"
        )
    return name


def version_path(model: str, version: int) -> str:
    """Return where the files of a version lie, relative to the store."""
    return f"{check_name(model)}/{version}"


def manifest_path(model: str, version: int) -> str:
    """Return where the manifest of a version lies, relative to the store."""
    return f"{version_path(model, version)}/{MANIFEST_NAME}"


def labels_path(model: str) -> str:
    """Return where the labels of a model lie, relative to the store."""
    return f"{check_name(model)}/labels"


def label_path(model: str, label: str) -> str:
    """Return where a label lies, relative to the store."""
    return f"{labels_path(model)}/{check_name(label)}"


def signature_path(model: str, version: int) -> str:
    """Return where the signature of a version lies, relative to the store."""
    return f"{check_name(model)}/signatures/{version}.sig"


def claim_path(model: str, version: int) -> str:
    """Return where the claim to the number of a version lies, in a store without renames."""
    return f"{check_name(model)}/claims/{version}"
