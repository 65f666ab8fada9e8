"""The log of a search: one JSON object a line, proposals and results as they happened."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a log, cutting off a last line that a crash tore in two."""
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    for line in whole.splitlines():
        yield json.loads(line)


def append_event(path: Path, event: dict[str, Any]) -> None:
    """Add an event that a crash right after does not lose."""
    with path.open("a", encoding="utf-8") as log:
        log.write(json.dumps(event) + "\n")
        log.flush()
        os.fsync(log.fileno())
