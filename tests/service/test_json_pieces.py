"""JSON that is read a piece at a time is what it is when it is read at once."""

import json
import random
from typing import Any

import pytest

from service.errors import BadField, NotJson
from service.http import large_json
from service.http.json_text import parse_json
from service.http.large_json import read_large
from service.http.long_lists import LongList, LongLists

VALUES = [1, -2.5, 1e300, True, None, "", "a", "x,y", "[", "]}", '{"', "\\", '\\\\"', "é😀", '\\",']
NOISE = b'[]{},:"\\ 1a\xff'


class Everywhere(frozenset[tuple[str, ...]]):
    """Places of long lists: all there are."""

    def __contains__(self, place: object) -> bool:
        return True


def grow(rng: random.Random, depth: int) -> Any:
    kind = rng.random()
    if depth and kind < 0.35:
        return [grow(rng, depth - 1) for _ in range(rng.choice((0, 1, 2, 5, 20)))]
    if depth and kind < 0.6:
        members = rng.choice((0, 1, 2, 4))
        return {f"k{rng.randrange(6)}": grow(rng, depth - 1) for _ in range(members)}
    return rng.choice(VALUES)


def spoil(rng: random.Random, text: bytes) -> bytes:
    """Return a text with a byte or two removed, added or replaced."""
    body = bytearray(text)
    for _ in range(rng.choice((1, 1, 2))):
        place = rng.randrange(len(body)) if body else 0
        noise = rng.choice(NOISE)
        if rng.random() < 0.5:
            body[place:place] = bytes([noise])
        else:
            body[place : place + 1] = bytes([noise]) * rng.randrange(2)
    return bytes(body)


def expand(value: Any) -> Any:
    """Return a value with its long lists read."""
    if isinstance(value, LongList):
        return [expand(inner) for inner in value.read(list)]
    if isinstance(value, list):
        return [expand(inner) for inner in value]
    if isinstance(value, dict):
        return {name: expand(inner) for name, inner in value.items()}
    return value


def read_or_refuse(content: bytes) -> Any:
    try:
        return expand(read_large(content, LongLists(Everywhere())))
    except (NotJson, BadField) as error:
        return type(error)


@pytest.mark.parametrize("piece_bytes", [24, 40, 64])
@pytest.mark.parametrize("seed", range(4))
def test_json_read_in_pieces_is_what_it_is_at_once(
    seed: int, piece_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_json, "PIECE_BYTES", piece_bytes)
    rng = random.Random(seed)
    taken = refused = 0
    for _ in range(150):
        text = json.dumps(grow(rng, 4), ensure_ascii=rng.random() < 0.5)
        content = text.replace(",", rng.choice((",", " ,\n", ", "))).encode()
        if rng.random() < 0.5:
            content = spoil(rng, content)
        read = read_or_refuse(content)
        try:
            expected = parse_json(content)
        except NotJson:
            assert read in (NotJson, BadField), content
            refused += 1
            continue
        if read is BadField:  # longer than anything may be here
            continue
        assert json.dumps(read) == json.dumps(expected), content
        taken += 1
    assert taken > 30
    assert refused > 30


def test_long_list_tells_its_length_unread_and_shows_its_first() -> None:
    content = b'{"a":[' + b"1.5," * 100_000 + b'[2]],"b":' + b"[" * 3 + b"]" * 3 + b"}"
    read = read_large(content, LongLists(frozenset({("a",)})))
    assert isinstance(read["a"], LongList)
    assert len(read["a"]) == 100_001
    assert repr(read["a"]) == "[1.5, 1.5, 1.5, ...]"
    assert read["b"] == [[[]]]
    assert expand(read["a"]) == [1.5] * 100_000 + [[2]]


@pytest.mark.parametrize(
    ("tail", "place"), [(b"1,]", 80_000), (b"1 2]", 80_000), (b"\xff]", 80_000), (b"1", 0)]
)
def test_fault_in_a_long_list_is_told_with_its_place(tail: bytes, place: int) -> None:
    content = b'{"a":[' + b"1," * 40_000 + tail + b"}"
    with pytest.raises(NotJson, match=r"byte \d+") as caught:
        expand(read_large(content, LongLists(Everywhere())))
    told = int(str(caught.value).rsplit("byte ", 1)[1].split(".")[0])
    assert place <= told <= len(content)
