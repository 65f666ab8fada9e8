"""Claims to the numbers of versions, in a store without renames; see `artifacts/README.md`."""

import json
import uuid
from datetime import UTC, datetime, timedelta

CLAIM_LASTS = timedelta(hours=24)
MAX_CLAIM_BYTES = 4096


def write_claim() -> bytes:
    """Return a claim that nobody else writes, with the time."""
    facts = {"id": uuid.uuid4().hex, "claimed_at": datetime.now(UTC).isoformat(timespec="seconds")}
    return json.dumps(facts).encode()


def read_claim(content: bytes) -> datetime:
    """Return when a number was claimed; now, where nobody can tell."""
    try:
        return datetime.fromisoformat(json.loads(content)["claimed_at"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError):
        return datetime.now(UTC)
