"""Parses JSON, and says what is wrong with a text that is none."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from service.errors import NotJson
from service.http.duplicate_names import refuse_duplicates
from service.http.first_bytes import BYTE_ORDER_MARK, name_contents
from service.http.json_errors import describe_part, describe_syntax
from service.http.json_places import Locate
from service.http.number_literals import refuse_huge

_CONTENT = re.compile(rb"[^ \t\r\n]")
PIECE_BYTES = 2**16
"""How much is looked at, and parsed, at a time; so long may an element of a list be."""
_ADVICE = "Write it with a library for JSON"


def parse_json(content: bytes) -> Any:
    """Return JSON as Python objects; NaN and Infinity pass.

    Raises:
        NotJson: It is not JSON in UTF-8.
        NotFinite: It has a number of thousands of digits.
    """
    text = content.removeprefix(BYTE_ORDER_MARK)
    try:
        # Strings are rarely repeated in such bodies, but for keys and signs. NaN and Infinity
        # pass here so that they are refused where they stand, with the path of the field.
        return from_json(text, cache_strings="keys")
    except ValueError as error:
        check_beginning(content)
        refuse_huge(text)  # which is JSON, but of numbers that the parser does not take
        raise refuse_text(describe_syntax(text, error)) from error


def check_beginning(content: bytes) -> None:
    """Refuse a body that is no JSON, where its first bytes tell what it is.

    Raises:
        NotJson: They do, or there is nothing in it.
    """
    named = name_contents(content)
    if named is not None:
        raise NotJson(f"expected JSON in UTF-8. Received: {named}")
    start = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    # Piece by piece: no other thread runs while one piece is looked through.
    pieces = range(start, len(content), PIECE_BYTES)
    if not any(_CONTENT.search(content, piece, piece + PIECE_BYTES) for piece in pieces):
        raise NotJson("expected JSON in UTF-8. Received: an empty body. Send the request in it")


def refuse_text(received: str) -> NotJson:
    """Return the refusal of a body that is no JSON.

    Args:
        received: What stands there instead.
    """
    return NotJson(f"expected JSON in UTF-8. Received: {received}. {_ADVICE}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a body, cut out as a list or an object of its own.

    Attributes:
        text: The part.
        start: Where in the body it would begin: an error is told with its place there.
        count: How many elements it is known to have.
        locate: Tells where a place of it is in the body.
    """

    text: bytes
    start: int
    count: int
    locate: Locate


def parse_part(part: Part) -> Any:
    """Return a part of a body as Python objects.

    Raises:
        NotJson: It is not JSON in UTF-8, or has another number of elements.
        NotFinite: It has a number of thousands of digits.
        BadField: An object in it has two members of one name.
    """
    try:
        parsed = from_json(part.text, cache_strings="all")
    except ValueError as error:
        refuse_huge(part.text, part.locate)
        raise refuse_text(describe_part(part.text, error, part.start)) from error
    if isinstance(parsed, list) and len(parsed) != part.count:
        raise refuse_comma(part.start + len(part.text))
    refuse_duplicates(part.text, parsed, part.locate)
    return parsed


def refuse_comma(place: int) -> NotJson:
    """Return the refusal of a comma with nothing behind it, at a place of the body."""
    return refuse_text(f"a comma with nothing behind it, before byte {place}")
