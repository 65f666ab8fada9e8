"""Refuses JSON in which an object has two members of one name.

Parsers take the last one without a word, so nobody knows which was meant. Every member has a colon:
where a body has as many colons as there are members, no member was lost. That takes no time, and
what it cannot tell, because a colon stands in a text, is counted once more without texts.
"""

import re
from itertools import chain
from typing import Any

from service.errors import BadField
from service.http.json_places import Locate, Place, stay, walk_json
from service.http.union_tags import write_path
from tabuada.showing import show

_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CONTAINERS = (dict, list)


def refuse_duplicates(content: bytes, parsed: Any, locate: Locate = stay) -> None:
    """Refuse JSON with a member that is there twice.

    Args:
        content: The JSON.
        parsed: What a parser made of it.
        locate: Tells where a place of it is in the whole body.

    Raises:
        BadField: It has one; the message says its name, the field where it stands.
    """
    colons = content.count(b":")
    if has_members(parsed, colons) or has_members(parsed, _TEXT.sub(b"", content).count(b":")):
        return
    names: list[set[str]] = []
    for token in walk_json(content):
        if token.kind == "object":
            names.append(set())
        elif token.kind == "end":
            names.pop()
        elif token.kind == "name":
            if token.text in names[-1]:
                raise refuse_twice(locate(token.place))
            names[-1].add(token.text)


def refuse_twice(place: Place) -> BadField:
    """Return the refusal of a member that is there twice, at a place of the body."""
    return BadField(
        f"expected each name once in an object. Received: {show(place[-1])} twice. "
        "Leave one of the two out",
        field=write_path(place),
    )


def has_members(parsed: Any, number: int) -> bool:
    """Return whether all objects in some parsed JSON have that many members together.

    Args:
        parsed: What a parser made of it.
        number: At least as many as they have: no more are looked for once there are so many.
    """
    count = 0
    level = [parsed]
    while level and count < number:
        objects = [value for value in level if type(value) is dict]
        lists = [value for value in level if type(value) is list]
        count += sum(map(len, objects))
        inner = chain(chain.from_iterable(lists), *(found.values() for found in objects))
        if count < number:
            level = [value for value in inner if type(value) in _CONTAINERS]
    return count == number
