"""Puts what pydantic found wrong into this project's words: what was expected, what came."""

import re
import reprlib
from collections.abc import Mapping
from typing import Any

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 60
_short.maxlevel = 3

_EXPECTED = {
    "missing": "expected this field",
    "extra_forbidden": "expected no field of this name",
    "too_short": "expected at least {min_length} items",
    "too_long": "expected at most {max_length} items",
    "dict_type": "expected an object",
    "model_type": "expected an object",
    "model_attributes_type": "expected an object",
    "list_type": "expected a list",
    "string_type": "expected a string",
    "finite_number": "expected a finite number",
    "float_type": "expected a number",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
}


def shorten(value: object) -> str:
    """Return a value as it was received, cut to a length that fits a message.

    Never writes the whole out first: a hostile value may have millions of members.
    """
    return _short.repr(value)


def describe_error(error: Mapping[str, Any]) -> str:
    """Return one pydantic error as `expected ... Received: ...`.

    Args:
        error: One of `ValidationError.errors()`.
    """
    template = _EXPECTED.get(error["type"])
    if template is not None:
        expected = template.format_map(error.get("ctx") or {})
    else:
        expected = error["msg"].removeprefix("Value error, ")
        expected = re.sub(r"^\w+ should (?:be|have) ", "expected ", expected)
    if "Received: " in expected:
        return expected
    if error["type"] == "missing":
        return f"{expected}. Received: none"
    return f"{expected}. Received: {shorten(error['input'])}"
