"""Values in messages: as JSON writes them, short, visible, and of one line."""

import json
from pathlib import Path

import numpy as np
import pytest

from tabuada.showing import show


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (-0.5, "-0.5"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (np.float64(2.5), "2.5"),
        ("it's", '"it\'s"'),
        ('say "one"', r'"say \"one\""'),
        ({"a": 1, "op": "+"}, '{"a": 1, "op": "+"}'),
        ([1, [None, "x"], (True,)], '[1, [null, "x"], [true]]'),
        ([], "[]"),
        ({}, "{}"),
        (b"\xff\x00", r'"�\u0000"'),
        (Path("/srv"), '"/srv"'),
        (list(range(9)), "[0, 1, 2, 3, …]"),
        ([[[[1]]]], "[[[[…]]]]"),
        ("5\u00a0+\u200b3\u202e", r'"5\u00a0+\u200b3\u202e"'),
        ("\ud800", r'"\ud800"'),
    ],
)
def test_value_is_shown_as_json_writes_it(value: object, shown: str) -> None:
    assert show(value) == shown
    shown.encode()
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize(
    "value",
    ["x" * 10**6, 10**5000, [[0] * 10**5] * 10**3, {str(i): "y" * 999 for i in range(10**4)}],
    ids=["text", "integer", "lists", "members"],
)
def test_large_value_is_shown_short(value: object) -> None:
    assert len(show(value)) < 600


def test_long_text_shows_both_of_its_ends() -> None:
    shown = json.loads(show("begin" + "." * 500 + "end"))
    assert shown.startswith("begin.")
    assert shown.endswith(".end")
