"""Tensors of the Open Inference Protocol as they go over the wire. Knows nothing of HTTP."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from service.errors import BadField, TooManyRows
from service.open_inference.nesting import Elements
from service.tasks.calculation.columns import RepeatedSigns
from service.wording import shorten
from tabuada.arithmetic.operations import Floats
from tabuada.showing import count

NUMBERS: dict[str, np.dtype[Any]] = {
    "FP64": np.dtype("<f8"),
    "FP32": np.dtype("<f4"),
    "FP16": np.dtype("<f2"),
    "INT64": np.dtype("<i8"),
    "INT32": np.dtype("<i4"),
    "INT16": np.dtype("<i2"),
    "INT8": np.dtype("i1"),
    "UINT64": np.dtype("<u8"),
    "UINT32": np.dtype("<u4"),
    "UINT16": np.dtype("<u2"),
    "UINT8": np.dtype("u1"),
}
"""The datatypes that numbers may have, as they lie in binary data."""

_MOST_WHOLE = 2**53  # float64 holds every whole number up to it
_SIGN_CHARACTERS = 8
_SIGN_BYTES = 4 * _SIGN_CHARACTERS  # in UTF-8
_PREFIX_BYTES = 4  # the length before each element of BYTES
_SHORT_SIGN = np.dtype([("size", "<u4"), ("code", "u1")])


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a request, its shape checked and its content not yet.

    Attributes:
        datatype: A key of `NUMBERS`, or BYTES.
        rows: How many elements it should have.
        content: Elements in row-major order as JSON has them, or as raw bytes; those of a large
            body still as text, and perhaps nested.
        place: Path of its elements in the request, such as `inputs[0].data`.
    """

    datatype: str
    rows: int
    content: Elements | memoryview
    place: str

    def check_rows(self, max_json_rows: int, max_binary_rows: int) -> None:
        """Refuse more elements than may be, before a single one is looked at.

        Raises:
            TooManyRows: There are more.
        """
        is_json = not isinstance(self.content, memoryview)
        received = max(self.rows, len(self.content)) if is_json else self.rows
        limit = max_json_rows if is_json else max_binary_rows
        if received > limit:
            kind, advice = ("JSON", "as binary data, or ") if is_json else ("binary data", "")
            raise TooManyRows(
                f"expected at most {count(limit, 'row')} of {kind}. Received: {shorten(received)}. "
                f"Send them {advice}in several requests",
                field=self.place,
            )

    def read_numbers(self) -> Floats:
        """Return the elements as numbers, shape (n,), float64; a view of binary FP64.

        Raises:
            BadField: They are not as many as the shape says, not of the datatype, or not finite.
        """
        dtype = NUMBERS[self.datatype]
        if isinstance(self.content, memoryview):
            self._check_size(
                self.rows * dtype.itemsize, len(self.content), "byte", " of binary data"
            )
            values = np.frombuffer(self.content, dtype)
        else:
            values = self._join(self.content, dtype)
        numbers: Floats = values.astype(np.float64, copy=False)
        if dtype.kind in "iu" and dtype.itemsize == 8:
            self._check_whole(values)
        finite = np.isfinite(numbers)
        if not finite.all():
            index = int(finite.argmin())
            self._refuse(
                f"expected a finite number. Received: {shorten(float(numbers[index]))}. "
                "Send one that float64 holds",
                index,
            )
        return numbers

    def _check_whole(self, values: NDArray[Any]) -> None:
        """Refuse the first whole number that float64 would round."""
        large = values > _MOST_WHOLE
        if values.dtype.kind == "i":
            large |= values < -_MOST_WHOLE
        for index in np.flatnonzero(large).tolist():
            whole = int(values[index])
            if int(float(whole)) != whole:
                self._refuse(
                    "expected a whole number that float64 holds, as all do up to 2^53. "
                    f"Received: {whole}. Send the nearest one that it holds, {int(float(whole))}",
                    index,
                )

    def read_signs(self) -> RepeatedSigns:
        """Return the elements as signs.

        Raises:
            BadField: They are not as many as the shape says, or not short texts in UTF-8.
        """
        if not isinstance(self.content, memoryview):
            return _number(self._check_texts(self.content))
        if len(self.content) == self.rows * _SHORT_SIGN.itemsize:
            records = np.frombuffer(self.content, _SHORT_SIGN)
            if (records["size"] == 1).all():
                return self._read_short(records["code"])
        return _number(self._walk(self.content))

    def _join(self, content: Elements, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return elements as numbers, converted as they are parsed."""
        converted = [
            self._convert(elements, dtype, start) for start, elements in self._walk_json(content)
        ]
        return np.concatenate(converted)

    def _convert(self, elements: list[Any], dtype: np.dtype[Any], start: int) -> NDArray[Any]:
        kinds = {int} if dtype.kind in "iu" else {int, float}
        if not set(map(type, elements)) <= kinds:
            index = next(i for i, element in enumerate(elements) if type(element) not in kinds)
            expected = "a whole number" if dtype.kind in "iu" else "a number"
            self._refuse(
                f"expected {expected}. Received: {shorten(elements[index])}. Send it in digits",
                start + index,
            )
        try:
            with np.errstate(over="ignore"):  # infinite is told with its place
                return np.array(elements, dtype)
        except OverflowError:
            index = next(i for i, element in enumerate(elements) if not _fits(element, dtype))
            self._refuse(
                f"expected a number that {self.datatype} can hold. "
                f"Received: {shorten(elements[index])}. Send FP64, or a smaller one",
                start + index,
            )

    def _check_texts(self, content: Elements) -> Iterator[str]:
        for start, elements in self._walk_json(content):
            for index, element in enumerate(elements, start):
                if not isinstance(element, str):
                    self._refuse(
                        f"expected a sign. Received: {shorten(element)}. Send a text, such as +",
                        index,
                    )
                if not 1 <= len(element) <= _SIGN_CHARACTERS:
                    self._refuse_length(len(element), "character", index)
                yield element

    def _walk_json(self, content: Elements) -> Iterator[tuple[int, list[Any]]]:
        """Yield the elements of JSON, some at a time, each time with the index of the first."""
        found = 0
        for elements in [content] if isinstance(content, list) else content.walk():
            found += len(elements)
            if isinstance(content, list):
                self._check_size(self.rows, found, "element")
            if found <= self.rows:  # those past what the shape says are only counted
                yield found - len(elements), elements
        self._check_size(self.rows, found, "element")

    def _read_short(self, codes: NDArray[np.uint8]) -> RepeatedSigns:
        """Read signs of one byte each: all of them at a time."""
        present = np.flatnonzero(np.bincount(codes, minlength=256))
        positions = np.zeros(256, np.intp)
        positions[present] = np.arange(len(present))
        try:
            return RepeatedSigns([bytes([code]).decode() for code in present], positions[codes])
        except UnicodeDecodeError:
            self._refuse_encoding(int((codes > 127).argmax()))

    def _walk(self, content: memoryview) -> Iterator[str]:
        """Yield signs of any length: where the next one begins, only this one tells."""
        position = 0
        for index in range(self.rows):
            start = position + _PREFIX_BYTES
            size = int.from_bytes(content[position:start], "little")
            position = start + size
            if position > len(content):
                self._refuse(
                    f"expected {count(self.rows, 'element')}, each after its length in "
                    f"{_PREFIX_BYTES} bytes. Received: {count(len(content), 'byte')}, which end "
                    "inside this one. Send the rest too",
                    index,
                )
            if not 1 <= size <= _SIGN_BYTES:
                self._refuse_length(size, "byte", index)
            try:
                yield str(content[start:position], "utf-8")
            except UnicodeDecodeError:
                self._refuse_encoding(index)
        self._check_size(position, len(content), "byte", " of binary data")

    def _check_size(self, expected: int, received: int, unit: str, of: str = "") -> None:
        if expected != received:
            self._refuse(
                f"expected {count(expected, unit)}{of} for {count(self.rows, 'row')} of "
                f"{self.datatype}. Received: {received}. Send as many as the shape says"
            )

    def _refuse_length(self, length: int, unit: str, index: int) -> NoReturn:
        self._refuse(
            f"expected a sign of 1 to {_SIGN_CHARACTERS} characters. "
            f"Received: {count(length, unit)}. Send one of those that the model knows",
            index,
        )

    def _refuse_encoding(self, index: int) -> NoReturn:
        self._refuse("expected a sign in UTF-8. Received: other bytes. Encode it so", index)

    def _refuse(self, message: str, index: int | None = None) -> NoReturn:
        place = self.place if index is None else f"{self.place}[{index}]"
        raise BadField(message, field=place)


def _fits(element: Any, dtype: np.dtype[Any]) -> bool:
    try:
        np.array(element, dtype)
    except OverflowError:
        return False
    return True


def _number(signs: Iterable[str]) -> RepeatedSigns:
    positions: dict[str, int] = {}
    rows = np.fromiter((positions.setdefault(s, len(positions)) for s in signs), np.intp)
    return RepeatedSigns(list(positions), rows)
