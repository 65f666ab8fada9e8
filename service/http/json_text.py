"""Parses JSON, and says what is wrong with a text that is none."""

import re
from typing import Any

from pydantic_core import from_json

from service.errors import NotJson
from service.http.first_bytes import BYTE_ORDER_MARK, name_contents

_PLACE = re.compile(r" at line (\d+) column (\d+)$")


def parse_json(content: bytes) -> Any:
    """Return JSON as Python objects; NaN and Infinity pass.

    Raises:
        NotJson: It is not JSON in UTF-8.
    """
    text = content.removeprefix(BYTE_ORDER_MARK)
    try:
        # Strings are rarely repeated in such bodies, but for keys and signs. NaN and Infinity
        # pass here so that they are refused where they stand, with the path of the field.
        return from_json(text, cache_strings="keys")
    except ValueError as error:
        raise refuse_text(content, str(error)) from error


def refuse_text(content: bytes, reason: str) -> NotJson:
    """Return the refusal of a body that is no JSON.

    Args:
        content: The whole body.
        reason: What is wrong with it, where its first bytes do not tell.
    """
    received = name_contents(content)
    if received is None:
        received = (
            reason
            if content.removeprefix(BYTE_ORDER_MARK).strip()
            else "an empty body. Send the request in it"
        )
    return NotJson(f"expected JSON in UTF-8. Received: {received}")


def parse_part(text: bytes, start: int, count: int) -> Any:
    """Return a part of a body, cut out as a list or an object of its own.

    Args:
        text: The part.
        start: Where in the body it would begin: an error is told with its place there.
        count: How many elements it is known to have.

    Raises:
        NotJson: It is not JSON in UTF-8, or has another number of elements.
    """
    try:
        part = from_json(text, cache_strings="all")
    except ValueError as error:
        reason = str(error)
        place = _PLACE.search(reason)
        if place and place[1] == "1":
            reason = f"{reason[: place.start()]} at byte {start + int(place[2])}"
        elif place:  # a line of the part
            reason = f"{reason[: place.start()]} after byte {start + 1}"
        raise NotJson(f"expected JSON in UTF-8. Received: {reason}") from error
    if isinstance(part, list) and len(part) != count:
        raise refuse_comma(start + len(text))
    return part


def refuse_comma(place: int) -> NotJson:
    """Return the refusal of a comma with nothing behind it, at a place of the body."""
    return NotJson(f"expected JSON in UTF-8. Received: a trailing comma before byte {place}")
