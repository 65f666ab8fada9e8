"""How the bodies of this service's own requests are validated, and its answers described."""

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
"""No member too many, and none of another type than the description says."""

WHOLE = ConfigDict(json_schema_serialization_defaults_required=True)
"""Of answers: what has a default is there all the same, so clients may count on it."""
