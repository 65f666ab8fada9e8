"""Decodes JSON of a known shape right into typed objects, or says that it is of another."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

T = TypeVar("T")


def decode_quickly(decode: Callable[[bytes], T], content: bytes) -> T | None:
    """Return what a decoder of msgspec makes of a body, None where it refuses it."""
    try:
        return decode(content)
    except (msgspec.DecodeError, ValueError, RecursionError):  # a ValueError: not UTF-8
        return None
