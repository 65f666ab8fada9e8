"""What to do after each refusal, where the message itself does not say it."""

import re

_ADVISES = re.compile(r"Received: .*\. [A-Z`]", re.DOTALL)

_OTHERWISE = "Compare the request with its description at /docs"
_LATER = "Try again in a moment"
_ADVICE = {
    "malformed_http": "Send it through a library that speaks HTTP/1.1",
    "invalid_name": "Look the names up at /models",
    "unknown_model": "Look the models up at /models",
    "unknown_version": "Look the versions up at /models",
    "unknown_label": "Look the labels up at /models",
    "unknown_file": "Look the files up in the version's manifest",
    "unknown_operation": "Send one of these signs",
    "wrong_task": "Ask another model",
    "empty_domain": "Send a range that leaves room for operands",
    "not_representable": "Send operands nearer to the trained range",
    "store_not_writable": "Ask the operator, whose log says more",
    "store_unavailable": "Tell the operator, whose log says more",
    "not_ready": _LATER,
    "version_unavailable": "Ask for another version",
    "overloaded": _LATER,
    "deadline_exceeded": _LATER,
    "headers_too_slow": "Send them faster",
    "client_gone": "Stay until the answer has come",
}


def add_advice(code: str, message: str) -> str:
    """Return a message that says what to do.

    Args:
        code: Of the error.
        message: `expected ... Received: ...`, perhaps with advice of its own.
    """
    if _ADVISES.search(message):
        return message
    return f"{message.rstrip('.')}. {_ADVICE.get(code, _OTHERWISE)}"
