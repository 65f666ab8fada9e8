"""Reads from PromQL what a test needs to know: which metrics and which labels it names."""

import re
from collections.abc import Iterator

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_MATCHERS = re.compile(r"\{([^}]*)\}")
_WINDOW = re.compile(r"\[[^\]]*\]")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_NAME = re.compile(r"(?<![\w:.])[a-zA-Z_:][\w:]*")
_WORDS = {"and", "or", "unless", "offset", "bool", "inf", "nan"}


def find_metrics(expression: str) -> set[str]:
    """Return the names of the series that an expression reads."""
    bare = _MATCHERS.sub("", _STRING.sub('""', expression))
    bare = _GROUPING.sub("", _WINDOW.sub("", bare))
    names = set()
    for found in _NAME.finditer(bare):
        is_function = bare[found.end() :].lstrip().startswith("(")
        if not is_function and found[0].lower() not in _WORDS:
            names.add(found[0])
    return names


def find_labels(expression: str) -> set[str]:
    """Return the labels that an expression selects or groups by."""
    return set(_iterate_labels(_STRING.sub('""', expression)))


def _iterate_labels(bare: str) -> Iterator[str]:
    for matchers in _MATCHERS.findall(bare):
        yield from re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)
    for labels in _GROUPING.findall(bare):
        yield from re.findall(r"\w+", labels)
