"""Where the process is in its life, for those that answer questions about it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Lifecycle:
    """Set by what runs the process, read by readiness.

    Attributes:
        stopping: The process was told to stop; it still answers, but wants no new clients.
    """

    stopping: bool = False
