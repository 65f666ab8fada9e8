"""Reads a README: its fenced blocks, commands, tables, links and figures."""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = {"en": re.compile(r",(?=\d{3}(?!\d))"), "pt": re.compile(r"\.(?=\d{3}(?!\d))")}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, empty where none is named, and its text."""

    language: str
    text: str

    @property
    def commands(self) -> tuple[str, ...]:
        """Its lines as a shell takes them: continued lines joined, comments left out."""
        lines = re.sub(r"\\\n\s*", "", self.text).splitlines()
        stripped = (re.sub(r"(^|\s+)#\s.*$", "", line) for line in lines)
        return tuple(line for line in stripped if line)


@dataclass(frozen=True)
class Readme:
    """A README in English (`en`) or Portuguese (`pt`)."""

    name: str
    language: str

    @cached_property
    def text(self) -> str:
        """All of it."""
        return (ROOT / self.name).read_text("utf-8")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The fenced blocks, in order."""
        return tuple(Block(language, text) for language, text in _FENCE.findall(self.text))

    @cached_property
    def prose(self) -> str:
        """All but the fenced blocks."""
        return _FENCE.sub("", self.text)

    @cached_property
    def spans(self) -> tuple[str, ...]:
        """The inline code, in order."""
        return tuple(re.findall(r"`([^`\n]+)`", self.prose))

    @cached_property
    def commands(self) -> tuple[str, ...]:
        """The lines of all shell blocks, in order."""
        return tuple(line for b in self.blocks if b.language == "sh" for line in b.commands)

    @cached_property
    def make_commands(self) -> tuple[str, ...]:
        """Every `make …`, in blocks and in the text."""
        return tuple(line for line in (*self.commands, *self.spans) if line.startswith("make "))

    @cached_property
    def curls(self) -> tuple[tuple[str, Any], ...]:
        """Every curl line with the answer that the block after it shows."""
        found: list[tuple[str, Any]] = []
        for block, following in zip(self.blocks, (*self.blocks[1:], None), strict=True):
            lines = [line for line in block.commands if line.startswith("curl ")]
            if block.language == "sh" and lines:
                assert following is not None, lines
                assert following.language == "json", f"expected an answer after {lines}"
                answers = [json.loads(line) for line in following.text.splitlines()]
                found += zip(lines, answers, strict=True)
        return tuple(found)

    @cached_property
    def requests(self) -> tuple[dict[str, Any], ...]:
        """Every JSON body shown that asks something: those that answer no curl."""
        return tuple(
            json.loads(line)
            for before, block in pairwise(self.blocks)
            if block.language == "json"
            and not any(line.startswith("curl ") for line in before.commands)
            for line in block.text.splitlines()
        )

    @cached_property
    def tree(self) -> tuple[str, ...]:
        """The paths of the file tree, relative to the root."""
        (block,) = (b for b in self.blocks if re.search(r"^tabuada/ ", b.text, re.M))
        paths: list[str] = []
        folder = ""
        for line in block.text.splitlines():
            entry = re.split(r"\s{2,}", line.strip())[0]
            if not line.startswith(" "):
                folder = entry
            inside = folder if line.startswith(" ") else ""
            paths += (inside + name for name in entry.split(", "))
        return tuple(paths)

    @cached_property
    def links(self) -> frozenset[str]:
        """Where links and pictures lead, inside the repository."""
        targets = re.findall(r"\]\(([^)\s]+)\)", self.prose)
        return frozenset(target for target in targets if "://" not in target)

    @cached_property
    def settings(self) -> dict[str, str]:
        """The default shown for each setting in a table."""
        found: dict[str, str] = {}
        for row in re.findall(r"^\| (`TABUADA_.*)\|$", self.prose, re.M):
            names, defaults, *_ = (re.findall(r"`([^`]+)`", cell) for cell in row.split("|"))
            found |= zip(names, defaults, strict=True)
        return found

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """What stands before the first heading and under each."""
        return tuple(re.split(r"^#+ .*$", self.text, flags=re.M))

    def figures(self, text: str) -> list[str]:
        """Return the numbers of a text, written as in code whatever the language."""
        written = (_THOUSANDS[self.language].sub("", found) for found in _NUMBER.findall(text))
        return [n.replace(",", ".") if self.language == "pt" else n for n in written]

    def count_figures(self, section: str) -> Counter[str]:
        """Return how often each number occurs outside code in a section."""
        return Counter(self.figures(re.sub(r"`[^`\n]+`", "", _FENCE.sub("", section))))

    @cached_property
    def tables(self) -> tuple[list[str], ...]:
        """The numbers and the code of each table's row, in order."""
        rows = re.findall(r"^\|.*\|$", self.prose, re.M)
        return tuple(
            [*re.findall(r"`[^`]+`", row), *self.figures(re.sub(r"`[^`]+`", "", row))]
            for row in rows
        )


ENGLISH = Readme("README.md", "en")
PORTUGUESE = Readme("README.pt-BR.md", "pt")


def assert_same(answer: Any, expected: Any, place: str = "answer") -> None:
    """Compare JSON, numbers up to what float32 leaves open from one processor to the next."""
    if isinstance(expected, dict):
        assert answer.keys() == expected.keys(), place
        for key, value in expected.items():
            assert_same(answer[key], value, f"{place}.{key}")
    elif isinstance(expected, list):
        assert len(answer) == len(expected), place
        for index, value in enumerate(expected):
            assert_same(answer[index], value, f"{place}[{index}]")
    elif isinstance(expected, float):
        # A manifest allows 1e-5 of an answer; an error is a small difference of larger numbers.
        assert math.isclose(answer, expected, rel_tol=1e-5, abs_tol=2e-4), place
    else:
        assert answer == expected, place
