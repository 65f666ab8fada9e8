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
