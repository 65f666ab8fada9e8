"""Refuses JSON in which an object has two members of one name.

Parsers take the last one without a word, so nobody knows which was meant. Every member has a colon:
where a body has as many colons as there are members, no member was lost. That takes no time, and
what it cannot tell, because a colon stands in a text, is counted once more without texts.
"""

import re
from itertools import chain
from typing import Any

from service.errors import BadField
from service.http.json_places import walk_json
from service.http.union_tags import write_path
from tabuada.showing import show

_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CONTAINERS = (dict, list)


def refuse_duplicates(content: bytes, parsed: Any) -> None:
    """Refuse JSON with a member that is there twice.

    Args:
        content: The JSON.
        parsed: What a parser made of it.

    Raises:
        BadField: It has one; the message says its name, the field where it stands.
    """
    members = count_members(parsed)
    if content.count(b":") == members or _TEXT.sub(b"", content).count(b":") == members:
        return
    names: list[set[str]] = []
    for token in walk_json(content):
        if token.kind == "object":
            names.append(set())
        elif token.kind == "end":
            names.pop()
        elif token.kind == "name":
            if token.text in names[-1]:
                raise BadField(
                    f"expected each name once in an object. Received: {show(token.text)} twice. "
                    "Leave one of the two out",
                    field=write_path(token.place),
                )
            names[-1].add(token.text)


def count_members(parsed: Any) -> int:
    """Return how many members all objects in some parsed JSON have together."""
    count = 0
    level = [parsed]
    while level:
        objects = [value for value in level if type(value) is dict]
        lists = [value for value in level if type(value) is list]
        count += sum(map(len, objects))
        inner = chain(chain.from_iterable(lists), *(found.values() for found in objects))
        level = [value for value in inner if type(value) in _CONTAINERS]
    return count
