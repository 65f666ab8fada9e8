"""The numbers of all workers' metrics, in memory that they share.

prometheus_client's own way is a folder of mapped files: where its disk is full, the next number
kills the process that counts; where the folder is emptied or gone, none can start. This memory
belongs to no file system. It has one part a worker, into which that worker alone writes, and which
the worker in its place takes over: what was counted stays counted.
"""

import contextlib
import json
import logging
import mmap
import os
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

from prometheus_client import values

logger = logging.getLogger("service.metrics")

PART_BYTES = 2**21
"""Bytes that a worker may fill: some 10,000 numbers, of which a model takes about 60."""

_USED, _OWNER, _ENTRIES = 0, 1, 16  # two whole numbers, and where the entries begin
_WORD = 8


class Entry(NamedTuple):
    """One number, as its worker left it.

    Attributes:
        owner: Process id of the worker; 0 where it has ended.
        kind: `counter`, `histogram`, or `gauge_` and how those of several workers are one.
        metric: Name of the metric.
        name: Name of the sample.
        labels: Its labels.
        text: What the metric is.
        value: The number.
        since: When it was set, in seconds since the epoch; 0 where nobody asks.
    """

    owner: int
    kind: str
    metric: str
    name: str
    labels: dict[str, str]
    text: str
    value: float
    since: float


def make_memory(workers: int) -> int | None:
    """Return an open file of memory that lies in no folder, for so many workers.

    Returns:
        Its number, which processes inherit; None where the system has none to give: then each
        worker counts for itself, and a line in the log says so.
    """
    try:
        memory = os.memfd_create("tabuada-metrics")
    except (AttributeError, OSError) as error:
        _warn(error)
        return None
    try:
        os.ftruncate(memory, workers * PART_BYTES)
    except OSError as error:
        os.close(memory)
        _warn(error)
        return None
    return memory


def _warn(error: Exception) -> None:
    logger.warning("No memory to share metrics in (%s): /metrics tells of one worker alone", error)


class SharedNumbers:
    """One worker's part of the memory, and a view of all of them.

    Args:
        memory: Number of the open file.
        place: Which of the parts is this worker's.
    """

    def __init__(self, memory: int, place: int) -> None:
        self._map = mmap.mmap(memory, os.fstat(memory).st_size)
        start = place * PART_BYTES
        self._part = memoryview(self._map)[start : start + PART_BYTES]
        self._words = self._part.cast("q")
        self._cells = self._part.cast("d")
        self._places: dict[str, int] = {}
        self._lock = threading.Lock()
        self._full = False
        self._take_over()

    def _take_over(self) -> None:
        """Go on where the worker before it ended, but for what was true of that one alone."""
        self._words[_OWNER] = os.getpid()
        for start, stop in _iterate_keys(self._part):
            key = bytes(self._part[start:stop]).decode()
            cell = _find_cell(stop)
            self._places[key] = cell
            if key.startswith('["gauge'):
                self._cells[cell] = self._cells[cell + 1] = 0.0

    def find(self, key: str) -> int | None:
        """Return the cell of a number, which begins as 0; None where there is no room for more."""
        with self._lock:
            cell = self._places.get(key)
            if cell is None:
                cell = self._add(key.encode())
                if cell is not None:
                    self._places[key] = cell
            return cell

    def _add(self, key: bytes) -> int | None:
        begin = self._words[_USED] or _ENTRIES
        stop = begin + _WORD + len(key)
        cell = _find_cell(stop)
        end = (cell + 2) * _WORD
        if end > PART_BYTES:
            if not self._full:
                self._full = True
                logger.warning("No room for more metrics: /metrics does not tell of what is new")
            return None
        self._words[begin // _WORD] = len(key)
        self._part[begin + _WORD : stop] = key
        self._cells[cell] = self._cells[cell + 1] = 0.0
        self._words[_USED] = end  # last: others read up to there
        return cell

    def read(self, cell: int) -> float:
        """Return a number of this worker's."""
        return self._cells[cell]

    def write(self, cell: int, value: float, since: float) -> None:
        """Write a number of this worker's."""
        self._cells[cell] = value
        self._cells[cell + 1] = since

    def read_all(self) -> Iterator[Entry]:
        """Yield the numbers of all workers."""
        everything = memoryview(self._map)
        for start in range(0, len(everything), PART_BYTES):
            part = everything[start : start + PART_BYTES]
            owner = part.cast("q")[_OWNER]
            cells = part.cast("d")
            for begin, stop in _iterate_keys(part):
                cell = _find_cell(stop)
                kind, metric, name, labels, text = json.loads(bytes(part[begin:stop]))
                yield Entry(owner, kind, metric, name, labels, text, cells[cell], cells[cell + 1])


def mark_ended(memory: int, place: int) -> None:
    """Take what was true of a worker while it lived out of the metrics; called by its parent."""
    with contextlib.suppress(OSError):
        os.pwrite(memory, bytes(_WORD), place * PART_BYTES + _OWNER * _WORD)


def _iterate_keys(part: memoryview) -> Iterator[tuple[int, int]]:
    """Yield where each key begins and stops."""
    words = part.cast("q")
    place, used = _ENTRIES, words[_USED]
    while place < used:
        begin = place + _WORD
        stop = begin + words[place // _WORD]
        yield begin, stop
        place = (_find_cell(stop) + 2) * _WORD


def _find_cell(stop: int) -> int:
    """Return the first cell after a key: a number, and the next one when it was set."""
    return (stop + _WORD - 1) // _WORD


def share(numbers: SharedNumbers) -> None:
    """Have every metric that is made from here on count in memory that workers share."""

    class SharedValue:
        """One number, as prometheus_client wants it."""

        def __init__(self, *described: Any, multiprocess_mode: str = "", **_: Any) -> None:
            kind, metric, name, labels, their_values, text = described
            if kind == "gauge":
                kind = f"{kind}_{multiprocess_mode}"
            key = json.dumps(
                [kind, metric, name, dict(zip(labels, their_values, strict=True)), text]
            )
            self._cell = numbers.find(key)
            self._lock = threading.Lock()
            self._value = 0.0 if self._cell is None else numbers.read(self._cell)
            self._since = 0.0

        def inc(self, amount: float) -> None:
            with self._lock:
                self._value += amount
                if self._cell is not None:
                    numbers.write(self._cell, self._value, 0.0)

        def set(self, value: float, timestamp: float | None = None) -> None:
            with self._lock:
                self._value = value
                if self._cell is not None:
                    numbers.write(self._cell, value, timestamp or 0.0)

        def get(self) -> float:
            return self._value

        def set_exemplar(self, exemplar: object) -> None:
            """Keep none."""

        def get_exemplar(self) -> None:
            """Keep none."""

    values.ValueClass = SharedValue
