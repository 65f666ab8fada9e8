"""Reads a large body of JSON a piece at a time, bounded by looking at its bytes.

Parsing 16 MiB at once would hold the interpreter, and with it every other answer, for tenths of a
second, and could take a gigabyte: an empty list takes three bytes, and fifty as an object. Here the
bytes are looked at first, 64 KiB at a time: where an element ends, and how many there are. What is
longer than that must be a list or an object; of these, long lists stay text where somebody reads
them piece by piece, and long objects may only have as many members as a request ever has.
"""

import re
from functools import partial
from typing import Any, NoReturn

from service.errors import BadField, NotJson
from service.http.duplicate_names import refuse_twice
from service.http.first_bytes import BYTE_ORDER_MARK
from service.http.json_marks import look_at
from service.http.json_places import Locate, Place, move
from service.http.json_text import (
    PIECE_BYTES,
    Part,
    check_beginning,
    parse_json,
    parse_part,
    refuse_comma,
    refuse_text,
)
from service.http.long_lists import LongList, LongLists, Look, Piece
from service.http.union_tags import write_path

_MAX_DEPTH = 8  # of what is longer than a piece
_MAX_BESIDE = 256  # elements of what holds an element longer than a piece, and of a long object
_MAX_UNREAD = 10_000  # elements of a long list where no schema has one
_MAX_BESIDE_BYTES = 2**20  # of all that is parsed before it is asked for

_SPACES = re.compile(rb"[ \t\r\n]+")
_SCALAR = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[^ \t\r\n,\[\]{}":]+', re.DOTALL)
_KEY = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")[ \t\r\n]*:', re.DOTALL)


def look_away(text: bytes, locate: Locate) -> None:
    """Take numbers however they are written."""


def read_large(content: bytes, long_lists: LongLists, look: Look = look_away) -> Any:
    """Return a body as Python objects, its long lists still as text where that is wanted.

    Args:
        content: The body, of any length.
        long_lists: Where a `LongList` may stand; elsewhere a long list is parsed for the sake of
            its errors, and its first elements alone are kept: no schema takes one there.
        look: Looks at each piece before it is parsed; those of a `LongList` when they are.

    Raises:
        NotJson: It is not JSON in UTF-8.
        BadField: A string, an object or a list is longer than any that a request may have.
    """
    if len(content) <= PIECE_BYTES:
        return parse_json(content)
    return _Reader(content, long_lists.places, look).read()


class _Reader:
    """Reads one body; positions are those of its bytes.

    Args:
        content: The body, longer than a piece.
        long_places: Where a `LongList` may stand.
        look: Looks at what is about to be parsed.
    """

    def __init__(self, content: bytes, long_places: frozenset[tuple[str, ...]], look: Look) -> None:
        self._content = content
        self._long_places = long_places
        self._look = look
        self._parsed_bytes = 0

    def read(self) -> Any:
        """Return the whole."""
        start = len(BYTE_ORDER_MARK) if self._content.startswith(BYTE_ORDER_MARK) else 0
        start = self._skip(start)
        check_beginning(self._content)
        value, stop = self._read_value(start, ())
        stop = self._skip(stop)
        if stop != len(self._content):
            raise refuse_text(f"more behind it, at byte {stop}")
        return value

    def _read_value(self, start: int, place: Place) -> tuple[Any, int]:
        """Return what begins at a position, and where it ends."""
        if len(place) > _MAX_DEPTH:
            raise NotJson(
                f"expected JSON whose lists and objects of more than {PIECE_BYTES} bytes stand in "
                f"at most {_MAX_DEPTH} others. Received: more at byte {start}. "
                "Send what the description asks for"
            )
        first = self._content[start : start + 1]
        if first == b"[":
            return self._read_list(start + 1, place)
        if first == b"{":
            return self._read_object(start + 1, place)
        return self._read_scalar(start, place)

    def _read_list(self, position: int, place: Place) -> tuple[Any, int]:
        pieces: list[Piece] = []
        others: dict[int, Any] = {}  # elements longer than a piece, by index
        index, stop = 0, -1
        while stop < 0:
            position = self._skip(position)
            marks = look_at(self._content[position : position + PIECE_BYTES])
            if marks.end >= 0:
                stop = self._check_end(position + marks.end, b"]")
                pieces.append(Piece(index, marks.commas + 1, position, stop - 1))
            elif marks.commas:
                after = position + marks.last
                pieces.append(Piece(index, marks.commas, position, after))
                position, index = after + 1, index + marks.commas
            else:
                self._check_rest(position)
                others[index], position = self._read_value(position, (*place, index))
                position, ended = self._pass_separator(position, b"]")
                index += 1
                if ended:
                    stop = position
        if others:
            return self._mix(pieces, others, place), stop
        return self._keep_list(pieces, place), stop

    def _keep_list(self, pieces: list[Piece], place: Place) -> Any:
        long_list = LongList(self._content, pieces, place, self._look)
        first = pieces[0]
        if len(pieces) == 1:
            empty = not self._content[first.start : first.stop].strip()
            return [] if empty else self._parse(long_list, first, place)
        if tuple("*" if isinstance(part, int) else part for part in place) in self._long_places:
            return long_list
        if len(long_list) > _MAX_UNREAD:
            self._refuse_length("a list", "elements", place, _MAX_UNREAD)
        kept = self._parse(long_list, first, place)
        for piece in pieces[1:]:
            long_list.parse(piece)
        return kept

    def _parse(self, long_list: LongList, piece: Piece, place: Place) -> list[Any]:
        """Return the elements of a piece that is to be kept."""
        self._count(piece.stop - piece.start, place)
        return long_list.parse(piece)

    def _count(self, size_bytes: int, place: Place) -> None:
        """Count what is parsed at once: as objects, it may take thirty times its bytes."""
        self._parsed_bytes += size_bytes
        if self._parsed_bytes > _MAX_BESIDE_BYTES:
            raise BadField(
                f"expected at most {_MAX_BESIDE_BYTES} bytes beside lists of problems. "
                "Received: more. Send what the description asks for",
                field=write_path(place),
            )

    def _mix(self, pieces: list[Piece], others: dict[int, Any], place: Place) -> list[Any]:
        """Return a list that holds elements longer than a piece."""
        if len(others) + sum(piece.count for piece in pieces) > _MAX_BESIDE:
            self._refuse_length("a list", "elements", place)
        found = dict(others)
        for piece in pieces:
            values = self._parse(LongList(self._content, [piece], place, self._look), piece, place)
            found.update(enumerate(values, piece.index))
        return [found[index] for index in range(len(found))]

    def _read_object(self, position: int, place: Place) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        count, stop = 0, -1
        while stop < 0:
            position = self._skip(position)
            marks = look_at(self._content[position : position + PIECE_BYTES])
            if marks.end >= 0 or marks.commas:
                ended = marks.end >= 0
                after = position + (marks.end if ended else marks.last)
                text = self._content[position:after]
                count += marks.commas + ended
                if count > _MAX_BESIDE:
                    self._refuse_length("an object", "members", place)
                if text.strip():
                    self._count(len(text), place)
                    part = Part(b"{" + text + b"}", position - 1, count, partial(move, place, 0))
                    _add(found, self._parse_part(part), place)
                elif count > 1 or not ended:
                    raise refuse_comma(after)
                position = after + 1
                if ended:
                    stop = self._check_end(after, b"}")
            else:
                self._check_rest(position)
                name, position = self._read_key(position, place)
                inner = (*place, name)
                value, position = self._read_value(self._skip(position), inner)
                _add(found, {name: value}, place)
                position, ended = self._pass_separator(position, b"}")
                count += 1
                if ended:
                    stop = position
        return found, stop

    def _read_key(self, position: int, place: Place) -> tuple[str, int]:
        window = position, position + PIECE_BYTES
        match = _KEY.match(self._content, *window)
        if match is None:
            opened = self._content[position : position + 1] == b'"'
            if opened and _SCALAR.match(self._content, *window) is None:
                self._refuse_text("name", place)
            raise refuse_text(f"no name of a member at byte {position}")
        text, start = b"[" + match[1] + b"]", match.start(1) - 1
        (name,) = parse_part(Part(text, start, 1, lambda _: place))
        return name, match.end()

    def _read_scalar(self, start: int, place: Place) -> tuple[Any, int]:
        match = _SCALAR.match(self._content, start, start + PIECE_BYTES)
        if match is None or match.end() == start + PIECE_BYTES:
            if self._content[start : start + 1] == b'"':
                self._refuse_text("string", place)
            raise NotJson(
                f"expected JSON with numbers of at most {PIECE_BYTES} digits. "
                f"Received: something else, or more, at byte {start}. "
                "Write it with a library for JSON"
            )
        (value,) = self._parse_part(Part(b"[" + match[0] + b"]", start - 1, 1, lambda _: place))
        return value, match.end()

    def _parse_part(self, part: Part) -> Any:
        self._look(part.text, part.locate)
        return parse_part(part)

    def _pass_separator(self, position: int, closing: bytes) -> tuple[int, bool]:
        """Return where the next element begins, or where all ends, and whether it ends."""
        position = self._skip(position)
        found = self._content[position : position + 1]
        if found not in (b",", closing):
            raise refuse_text(f"neither a comma nor {closing.decode()} at byte {position}")
        return position + 1, found == closing

    def _check_end(self, position: int, closing: bytes) -> int:
        """Return where to go on behind a closing bracket."""
        return self._pass_separator(position, closing)[0]

    def _check_rest(self, position: int) -> None:
        """Refuse a text that ends too soon."""
        if position + PIECE_BYTES >= len(self._content):
            raise refuse_text(
                "a text that ends inside a list, an object or a string, of which the last part "
                f"begins at byte {position}"
            )

    def _skip(self, position: int) -> int:
        """Return the position of what is no white space."""
        while match := _SPACES.match(self._content, position, position + PIECE_BYTES):
            position = match.end()
        return position

    def _refuse_text(self, kind: str, place: Place) -> NoReturn:
        raise BadField(
            f"expected a {kind} of at most {PIECE_BYTES} bytes. Received: a longer one. Shorten it",
            field=write_path(place),
        )

    def _refuse_length(
        self, kind: str, of_what: str, place: Place, limit: int = _MAX_BESIDE
    ) -> NoReturn:
        raise BadField(
            f"expected at most {limit} {of_what} in {kind} of this size. Received: more. "
            "Send what the description asks for",
            field=write_path(place),
        )


def _add(found: dict[str, Any], members: dict[str, Any], place: Place) -> None:
    """Add members to those of an object; each name may be there once."""
    for name in members:
        if name in found:
            raise refuse_twice((*place, name))
    found |= members
