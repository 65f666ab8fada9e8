"""Says where a body stops being JSON, in words that are not the parser's."""

import re

from tabuada.showing import show

_PLACE = re.compile(r"line (\d+) column (\d+)")
_SHOWN = 20  # bytes of what stands there


def describe_syntax(content: bytes, error: ValueError) -> str:
    """Return what was received instead of JSON.

    Args:
        content: The body.
        error: The parser's, which names a line and a column.
    """
    if not content:
        return "an empty body"
    found = _PLACE.search(str(error))
    if found is None:
        return f"{show(content[:_SHOWN])}, which is none"
    line, column = int(found[1]), int(found[2])
    rest = _find_line(content, line)[max(0, column - 1) :]
    if "EOF" in str(error) or not rest.strip():
        return f"JSON that ends too early, at line {line}, column {column}"
    return f"{show(rest[:_SHOWN])} at line {line}, column {column}"


def describe_part(text: bytes, error: ValueError, start: int) -> str:
    """Return what was received instead of JSON in a part of a body.

    Args:
        text: The part, from a bracket to a bracket that may not be in the body.
        error: The parser's, which names a line and a column of the part.
        start: Where in the body the part begins.
    """
    found = _PLACE.search(str(error))
    if found is None:
        return f"{show(text[1 : _SHOWN + 1])} after byte {start}, which is none"
    lines = text.split(b"\n", int(found[1]) - 1)
    offset = len(text) - len(lines[-1]) + max(0, int(found[2]) - 1)
    rest = text[offset:-1]
    if not rest.strip():
        return f"JSON that ends too early, at byte {start + offset}"
    return f"{show(rest[:_SHOWN])} at byte {start + offset}"


def _find_line(content: bytes, number: int) -> bytes:
    start = 0
    for _ in range(number - 1):
        start = content.find(b"\n", start) + 1
    return content[start : start + 2**20]
