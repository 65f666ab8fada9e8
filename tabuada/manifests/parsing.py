"""Reads manifests of every format and task that is known, trusting nothing in them."""

import json
from typing import Any

from pydantic import ValidationError

from tabuada.errors import CorruptArtifact, UnsupportedFormat
from tabuada.manifests.files import MANIFEST_NAME
from tabuada.manifests.format1 import Manifest1
from tabuada.manifests.manifest import FORMAT_VERSION, Manifest
from tabuada.manifests.registry import MANIFESTS
from tabuada.rules import describe_error
from tabuada.showing import show


def parse_manifest(content: bytes) -> Manifest:
    """Read a manifest.

    Returns:
        An instance of the class that `MANIFESTS` has for its task.

    Raises:
        UnsupportedFormat: Its format version, or its task, is none that this code reads.
        CorruptArtifact: It is not a manifest.
    """
    try:
        facts = json.loads(content)
        found = facts["format_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptArtifact(
            f"expected {MANIFEST_NAME} to be a JSON object with a format_version. "
            f"Received: {show(content)}. Restore it, or publish the version again"
        ) from error
    # Their types too: True is 1, and so is 1.0.
    if type(found) is not int or found not in (1, FORMAT_VERSION):
        raise UnsupportedFormat(
            f"expected format version {FORMAT_VERSION}, or 1. Received: {show(found)}. "
            "Read it with the release of Tabuada that wrote it, or publish the model again"
        )
    try:
        if found == 1:
            return Manifest1.model_validate_json(content).upgrade()
        return _find_class(facts).model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise CorruptArtifact(
            f"expected a {MANIFEST_NAME} as artifacts/README.md specifies it. "
            f"Received: one that fails at {where}: {describe_error(first)}"
        ) from error


def _find_class(facts: dict[str, Any]) -> type[Manifest]:
    task = facts.get("task")
    if not isinstance(task, str):
        raise CorruptArtifact(
            f"expected a {MANIFEST_NAME} as artifacts/README.md specifies it. "
            f"Received: one that fails at task: {show(task)} is no name of a task. "
            "Restore it, or publish the version again"
        )
    if task not in MANIFESTS:
        raise UnsupportedFormat(
            f"expected a task out of: {', '.join(MANIFESTS)}. Received: {show(task)}. "
            "Read it with a release of Tabuada that knows this task"
        )
    return MANIFESTS[task]
