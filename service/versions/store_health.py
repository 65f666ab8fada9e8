"""What is known of the store that a catalogue looks at: whether it can be read, and is whole."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

_SILENT_AFTER_S = 10.0  # a look that takes longer says that something is wrong


@dataclass(slots=True)
class StoreHealth:
    """Whether the store can be read.

    Attributes:
        unreadable: The last look failed.
        from_copies: Nothing but this machine's copies has been read since the start.
        gone: Models that answer although the store holds no version of them.
    """

    unreadable: bool = False
    from_copies: bool = False
    gone: set[str] = field(default_factory=set)
    _looking_since: float | None = None

    @property
    def problem(self) -> Literal["unreadable", "copies", "gone"] | None:
        """What is wrong, in one word for health checks and metrics; None where nothing is."""
        if self.from_copies:
            return "copies"
        if self.unreadable or self._is_silent():
            return "unreadable"
        return "gone" if self.gone else None

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Measure how long a look takes."""
        self._looking_since = time.monotonic()
        try:
            yield
        finally:
            self._looking_since = None

    def _is_silent(self) -> bool:
        since = self._looking_since
        return since is not None and time.monotonic() - since > _SILENT_AFTER_S
