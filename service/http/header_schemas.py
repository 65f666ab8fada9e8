"""The headers of requests and answers, as the OpenAPI description tells them."""

from typing import Any

REQUEST_HEADERS: list[dict[str, Any]] = [
    {
        "name": "X-Request-Timeout",
        "in": "header",
        # No example: a form to try requests would send it, whoever asks.
        "description": (
            "Seconds that a large request is willing to wait for its turn, such as `0.5`."
        ),
        "schema": {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,9})?$"},
    },
    {
        "name": "X-Request-ID",
        "in": "header",
        "description": (
            "Comes back with the answer and stands in the log, such as `lesson-7`; instead of one "
            "with more than 128 characters, or others than letters, digits and `._:/+=@-`, there "
            "is a new one."
        ),
        "schema": {"type": "string"},
    },
]

MODEL_DIGEST = "X-Model-Digest"

DIGEST_HEADERS: dict[str, Any] = {
    MODEL_DIGEST: {
        "description": (
            "The start of the digest of the version's manifest: which version it is, even where "
            "its number was another one's before."
        ),
        "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "required": True,
    },
}

ANSWER_HEADERS: dict[str, Any] = {
    "X-Model-Version": {
        "description": "The version that answered.",
        "schema": {"type": "integer", "minimum": 1},
        "required": True,
    },
    **DIGEST_HEADERS,
    "X-Request-ID": {
        "description": "The request's own id, or a new one.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:/+=@-]{1,128}$"},
        "required": True,
    },
}
