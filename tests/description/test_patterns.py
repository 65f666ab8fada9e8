"""Patterns of the description mean the same in Python and in the JavaScript of most generators."""

import json
import re

import pytest

from service.description.patterns import write_pattern
from tabuada.arithmetic.operations import KNOWN
from tests.description.clients.generating import run
from tests.page.node import NODE
from tests.service.serving import ROOT

SIGNS = [sign for known in KNOWN for sign in known.signs]
_MATCH = """
const [pattern, texts] = JSON.parse(process.argv[1]);
console.log(JSON.stringify(texts.map((text) => new RegExp(pattern, "u").test(text))));
"""


@pytest.mark.parametrize(
    "choices",
    [SIGNS, ["+", "-", "^", "]", "[", "\\"], [*SIGNS, "**", "sqrt", "a-b", "(", "$"]],
    ids=["the signs", "signs that mean something", "longer ones"],
)
def test_pattern_matches_its_choices_alone(choices: list[str]) -> None:
    pattern = write_pattern(choices)
    texts = [*choices, "", "+ ", " +", "++", "a", "y", ",", ".", "_", "sqr", "\u2212\u2212", "\n"]
    expected = [text in choices for text in texts]
    assert [bool(re.search(pattern, text)) for text in texts] == expected
    found = json.loads(run([NODE, "-e", _MATCH, json.dumps([pattern, texts])], ROOT))
    assert found == expected
