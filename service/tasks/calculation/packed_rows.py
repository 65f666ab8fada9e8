"""Thousands of rows as columns, validated piece by piece: a third of the memory of their text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.http.long_lists import LongList, Piece, read_piece
from service.http.quick_decoding import decode_quickly
from service.tasks.calculation.columns import Columns, RepeatedSigns
from service.tasks.calculation.quick_rows import decode_rows
from tabuada.arithmetic.operations import Floats

Read = Callable[[Any], list[Any]]


@dataclass(frozen=True, slots=True)
class PackedRows:
    """n problems that came row by row.

    Attributes:
        columns: The same as columns.
    """

    columns: Columns

    def __len__(self) -> int:
        return len(self.columns.a)


@dataclass(slots=True)
class _Packer:
    """Takes rows, and keeps their columns."""

    a: list[Floats] = field(default_factory=list)
    signs: list[NDArray[np.intp]] = field(default_factory=list)
    b: list[Floats] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def take(self, a: list[float], signs: list[str], b: list[float]) -> None:
        places = self._places
        for sign in dict.fromkeys(signs):
            places.setdefault(sign, len(places))
        self.a.append(np.array(a, np.float64))
        self.b.append(np.array(b, np.float64))
        self.signs.append(np.fromiter(map(places.__getitem__, signs), np.intp, len(signs)))

    def pack(self) -> PackedRows:
        signs = RepeatedSigns(list(self._places), np.concatenate(self.signs))
        return PackedRows(Columns(np.concatenate(self.a), signs, np.concatenate(self.b)))


def pack_rows(rows: LongList, validate: Read) -> PackedRows:
    """Return the rows of a large body.

    Args:
        rows: As they came.
        validate: Returns some of them, validated; asked where the quick way does not take them.

    Raises:
        ValidationError: One is wrong.
        NotJson: A piece is not JSON in UTF-8.
        BadField: A row has a member twice, or a number that float64 has nothing near to.
    """
    packer = _Packer()
    for piece in rows:
        _take(packer, rows, piece, validate)
    return packer.pack()


def _take(packer: _Packer, rows: LongList, piece: Piece, validate: Read) -> None:
    text = rows.cut(piece).text
    # Each row has three colons, or a member twice; signs that are colons take the slow way.
    plain = text.count(b":") == 3 * piece.count
    quick = decode_quickly(decode_rows, text) if plain else None
    if quick is not None and len(quick) == piece.count:
        packer.take([x.a for x in quick], [x.op for x in quick], [x.b for x in quick])
        return
    slow = read_piece(piece, validate, rows.parse(piece))
    packer.take([x["a"] for x in slow], [x["op"] for x in slow], [x["b"] for x in slow])


def pack_numbers(numbers: LongList, validate: Read) -> Floats:
    """Return the numbers of a large body, shape (n,), float64; raises as `pack_rows` does."""
    return np.concatenate(
        [
            np.array(read_piece(piece, validate, numbers.parse(piece)), np.float64)
            for piece in numbers
        ]
    )
