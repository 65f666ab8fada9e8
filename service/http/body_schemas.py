"""How the bodies of this service's own requests are validated."""

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
"""No member too many, and none of another type than the description says."""
