"""The words of refusals: values as their clients wrote them; rules are in `tabuada.rules`."""

from tabuada.showing import show


def shorten(value: object) -> str:
    """Return a value as JSON, cut to a length that fits a message; see `show`."""
    return show(value)
