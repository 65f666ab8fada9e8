"""When to ask again."""

import random
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FIRST_S = 0.1
_LONGEST_S = 2.0


def choose_wait(attempt: int, asked_s: float | None) -> float:
    """Return how many seconds to wait before the next attempt.

    Exponential backoff with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS
    Architecture Blog, 2015), so that clients that were refused together do not come back
    together. On top of what the service asked for, for the same reason, and never before it.

    Args:
        attempt: How many attempts there were, from 1.
        asked_s: What the service asked for, None where it did not say.
    """
    longest_s = min(_LONGEST_S, _FIRST_S * 2.0 ** min(attempt - 1, 16))
    return (asked_s or 0.0) + random.uniform(0, longest_s)


def read_retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a `Retry-After` asks for (RFC 9110, section 10.2.3).

    Args:
        value: Seconds or an HTTP-date; None where there is none.
        now: The time to count a date from; the clock's where not given.

    Returns:
        Seconds from 0 up, None for what cannot be read.
    """
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)  # `-0000`, which says UTC and no zone
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())
