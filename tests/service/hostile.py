"""Bodies that mean harm: JSON that lies, nests, repeats and overflows, and binary tensors too.

JSON is built as text, since no encoder writes what is wanted here. A request is a tree of `Pairs`
(an object whose keys may repeat), lists, and plain values; bytes stand for themselves.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.service.tensors import LENGTH, describe_binary, pack, pack_signs
from tests.service.test_predict import Rows


@dataclass(frozen=True)
class Pairs:
    """An object, member by member."""

    members: tuple[tuple[Any, Any], ...]


NUMBERS = (
    b"1e400", b"-1e400", b"1e-400", b"1e99999999999999999999", b"5e-324", b"1.7976931348623157e308",
    b"-0", b"-0.0", b"NaN", b"Infinity", b"-Infinity", b"nan", b"9" * 400, b"-" + b"9" * 5000,
    b"0." + b"0" * 5000 + b"1", b"18446744073709551616", b"9223372036854775808", b"1e22", b"01",
    b"+1", b".5", b"1.", b"0x10", b"1_000", b"1e", b"--1", b"1 2", b"\xd9\xa1",
)  # fmt: skip
TEXTS = (
    rb'"\ud800"', rb'"\udc00\ud800"', rb'"\u0000"', b'"\x00"', b'"\xff\xfe"', b'"\xc0\xaf"',
    b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\n"', rb'"\x"', rb'"\u12"', b'"', b"'a'", b'""',
    b'"' + b"+" * 100_000 + b'"', '"\u202e\u200b"'.encode(), '"+\ufe0f"'.encode(), b'"1+1; ls"',
    b'"' + b"(" * 50_000 + b'"', b'"1' + b"0" * 5000 + b' + 1"', b'"1e999 + 1"', b'"1 / 0"',
    b'"NaN + 1"', '"\u0661 + \u0662"'.encode(), b'"../../etc/passwd"', b'"%s%n{0.__class__}"',
)  # fmt: skip
SHAPES = (
    b"[]", b"{}", b"null", b"true", b"[[]]", b"[null]", b"[" * 500 + b"]" * 500, b"[" * 200_000,
    b'{"a":' * 500 + b"1" + b"}" * 500, b'{"a":' * 100_000, b"[1,]", b"[,1]", b'{"a"}', b"{1:2}",
    b'{"a":1,}', b"/* */1", b"[1", b"}", b"", b"[" + b"1," * 50_000 + b"1]", b"[" + b"{}," * 9000
    + b"{}]", b"undefined", b"tru", b"\xef\xbb\xbf1", b"[[1],[2,3]]", b"[[1,[2]]]",
)  # fmt: skip
_KEYS = (
    "instances", "a", "op", "b", "expressions", "expected", "sample", "n", "seed", "range", "model",
    "version", "label", "exact", "operations", "min_divisor", "inputs", "outputs", "name", "shape",
    "datatype", "data", "parameters", "binary_data_size", "binary_data", "binary_data_output", "id",
    "__proto__", "__class__", "", "a" * 10_000, "\x00", "\N{PILE OF POO}",
)  # fmt: skip

_PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["+", "/", "mlp", "BYTES", "FP64", "UINT8", "FP16", "prediction"]),
)
hostile_values = st.one_of(st.sampled_from([*NUMBERS, *TEXTS, *SHAPES]), _PLAIN)


def write_json(node: Any) -> bytes:
    """Return a tree as the text it stands for, however wrong that is."""
    if isinstance(node, bytes):
        return node
    if isinstance(node, list):
        return b"[" + b",".join(map(write_json, node)) + b"]"
    if isinstance(node, Pairs):
        members = (write_json(key) + b":" + write_json(value) for key, value in node.members)
        return b"{" + b",".join(members) + b"}"
    return json.dumps(node).encode()


def grow(value: Any) -> Any:
    """Return plain JSON as such a tree."""
    if isinstance(value, dict):
        return Pairs(tuple((key, grow(member)) for key, member in value.items()))
    if isinstance(value, list):
        return [grow(element) for element in value]
    return value


@st.composite
def spoiled_trees(draw: st.DrawFn, good: list[dict[str, Any]]) -> Any:
    """Draw a good request with one to three of its parts spoiled."""
    tree = grow(draw(st.sampled_from(good)))
    for _ in range(draw(st.integers(1, 3))):
        tree = _spoil(draw, tree)
    return tree


def _spoil(draw: st.DrawFn, node: Any) -> Any:
    """Go down some way, and spoil what is there."""
    deeper = draw(st.integers(0, 3)) > 0
    if isinstance(node, Pairs) and node.members:
        index = draw(st.integers(0, len(node.members) - 1))
        key, value = node.members[index]
        before, after = node.members[:index], node.members[index + 1 :]
        if deeper:
            return Pairs((*before, (key, _spoil(draw, value)), *after))
        spoil = draw(st.sampled_from(["drop", "repeat", "rename", "add", "replace"]))
        added = draw(st.sampled_from(_KEYS)), draw(hostile_values)
        members = {
            "drop": (*before, *after),
            "repeat": (*node.members, (key, draw(st.one_of(st.just(value), hostile_values)))),
            "rename": (*before, (added[0], value), *after),
            "add": (*node.members, added),
            "replace": (*before, (key, added[1]), *after),
        }
        return Pairs(members[spoil])
    if isinstance(node, list) and node and deeper:
        index = draw(st.integers(0, len(node) - 1))
        return [*node[:index], _spoil(draw, node[index]), *node[index + 1 :]]
    return draw(st.one_of(hostile_values, st.just([node] * 2), st.just([[node]])))


@st.composite
def mangled_bytes(draw: st.DrawFn, good: list[bytes]) -> bytes:
    """Draw something good that was cut, flipped, doubled or stuffed on its way."""
    content = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        stop = draw(st.integers(start, min(len(content), start + 16)))
        part = content[start:stop]
        change = draw(st.sampled_from(["cut", "stuff", "double", "flip"]))
        middle = {
            "cut": b"",
            "stuff": draw(st.binary(max_size=8)),
            "double": part * 50,
            "flip": bytes(byte ^ 0x80 for byte in part),
        }[change]
        content = content[:start] + middle + (b"" if change == "cut" else content[stop:])
    return content


_ROWS: Rows = [(3, "+", 4), (9, "-", 2), (6, "*", 7), (8, "/", 4)]
_SIZES = st.one_of(st.integers(0, 64), st.sampled_from([-1, 2**31, 2**32, 2**63, 2**64, 10**30]))


@st.composite
def lying_tensors(draw: st.DrawFn) -> tuple[bytes, dict[str, str]]:
    """Draw a body of binary tensors that says of itself what is not true, and its headers."""
    rows = draw(st.sampled_from([_ROWS, _ROWS[:1], _ROWS * 10]))
    content, headers = pack(rows)
    length = int(headers[LENGTH])
    head, raw = json.loads(content[:length]), content[length:]
    lie = draw(st.sampled_from(["length", "sizes", "shape", "datatype", "signs", "bytes", "none"]))
    one = draw(st.sampled_from(head["inputs"]))
    if lie == "sizes":
        one["parameters"]["binary_data_size"] = draw(_SIZES)
    elif lie == "shape":
        one["shape"] = draw(st.lists(_SIZES, max_size=4))
    elif lie == "datatype":
        one["datatype"] = draw(st.sampled_from(["FP16", "INT8", "UINT64", "BOOL", "BYTES", "BF16"]))
    elif lie == "signs":
        head, raw = _lie_about_signs(draw, rows)
    elif lie == "bytes":
        raw = draw(mangled_bytes([raw]))
    written = json.dumps(head).encode()
    declared = str(len(written))
    if lie == "length":
        sizes = _SIZES.map(str)
        declared = draw(
            st.one_of(sizes, st.sampled_from(["", "+1", "1e3", "0x9", "1 2", "9" * 99]))
        )
    return written + raw, {**headers, LENGTH: declared}


def _lie_about_signs(draw: st.DrawFn, rows: Rows) -> tuple[dict[str, Any], bytes]:
    """Draw elements of BYTES whose lengths are not theirs."""
    wrong = draw(st.one_of(st.integers(0, 64), st.sampled_from([2**31, 2**32 - 1, 100_000])))
    elements = [pack_signs([op]) for _, op, _ in rows]
    index = draw(st.integers(0, len(elements) - 1))
    text = draw(st.one_of(st.binary(max_size=40), st.sampled_from([b"\xff", b"", b"\xe2\x88"])))
    elements[index] = struct.pack("<I", wrong) + text
    signs, shape, numbers = b"".join(elements), [len(rows)], b"\0\0\0\0\0\0\xf0\x3f" * len(rows)
    inputs = [
        describe_binary("a", shape, "FP64", numbers),
        describe_binary("op", shape, "BYTES", signs),
        describe_binary("b", shape, "FP64", numbers),
    ]
    return {"inputs": inputs}, numbers + signs + numbers
