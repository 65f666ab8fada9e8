"""Shows values in messages as JSON writes them, short and on one line, whatever they hold.

Clients write in every language. What a message shows is what they sent: `null`, not `None`.
"""

import json
import math
from collections.abc import Mapping
from itertools import islice
from typing import Any

_MAX_TEXT = 60  # letters of one value; of longer texts both ends are shown
_MAX_ITEMS = 4
_MAX_LEVELS = 3
_LONGEST_INTEGER = 40  # digits


def show(value: object) -> str:
    """Return a value as JSON, cut to a length that fits a message.

    Never writes the whole out first: a hostile value may have millions of members. What is no JSON
    is shown as a text: a path, a time.
    """
    return _show(value, _MAX_LEVELS)


def count(number: int, noun: str) -> str:
    """Return how many there are, such as `1 row` or `2 rows`."""
    return f"{show(number)} {noun}{'' if number == 1 else 's'}"


def _show(value: object, levels: int) -> str:
    if isinstance(value, Mapping):
        return _show_members(value, levels)
    if isinstance(value, list | tuple | set | frozenset):
        return _show_items(value, levels)
    return _show_single(value)


def _show_single(value: object) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return _show_integer(value)
    if isinstance(value, float):
        return _show_number(value)
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value[: 2 * _MAX_TEXT]).decode("utf-8", "replace")
    return _show_text(str(value))


def _show_integer(value: int) -> str:
    if abs(value) < 10**_LONGEST_INTEGER:
        return str(int(value))
    digits = int(math.log10(abs(value))) + 1  # str() refuses thousands of them
    return f"a whole number of about {digits} digits"


def _show_number(value: float) -> str:
    if math.isfinite(value):
        return repr(float(value))
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _show_text(text: str) -> str:
    if len(text) > _MAX_TEXT:
        half = _MAX_TEXT // 2 - 1
        text = f"{text[:half]}…{text[-half:]}"
    # What nobody could see, or no answer could hold, is shown by its number.
    return "".join(
        c if c.isprintable() else _escape(c) for c in json.dumps(text, ensure_ascii=False)
    )


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1]


def _show_members(members: Mapping[Any, Any], levels: int) -> str:
    if not members:
        return "{}"
    if not levels:
        return "{…}"
    shown = [
        f"{_show_text(str(name))}: {_show(value, levels - 1)}"
        for name, value in islice(members.items(), _MAX_ITEMS)
    ]
    return f"{{{_join(shown, len(members))}}}"


def _show_items(items: Any, levels: int) -> str:
    if not items:
        return "[]"
    if not levels:
        return "[…]"
    shown = [_show(item, levels - 1) for item in islice(items, _MAX_ITEMS)]
    return f"[{_join(shown, len(items))}]"


def _join(shown: list[str], number: int) -> str:
    return ", ".join([*shown, "…"] if number > len(shown) else shown)
