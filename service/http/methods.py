"""Which methods each address takes: what OPTIONS is answered, and what goes with a 405."""

from collections.abc import Iterable
from re import Pattern
from typing import NamedTuple

from starlette.routing import Route

_EVERYTHING = "*"  # what `OPTIONS *` asks about: the server, not one of its addresses


class Address(NamedTuple):
    """An address as the routes have it.

    Attributes:
        route: Such as `/models/{model}`.
        allow: Its methods, as the header `Allow` names them.
    """

    route: str
    allow: str


class Methods:
    """Knows the methods of all addresses.

    Where there is GET there is HEAD, and OPTIONS is everywhere. Several routes of one address count
    together: Starlette names those of the one that it looked at.

    Args:
        routes: All routes of the application.

    Attributes:
        server: The methods of all of them.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._patterns: list[tuple[Pattern[str], Route]] = []
        everything = {"OPTIONS"}
        for route in routes:
            self._patterns.append((route.path_regex, route))
            everything |= route.methods or set()
        self.server = Address(_EVERYTHING, _write(everything))

    def find(self, path: str) -> Address | None:
        """Return what is known of a path, None where no route has it."""
        if path == _EVERYTHING:
            return self.server
        found = [route for pattern, route in self._patterns if pattern.match(path)]
        if not found:
            return None
        methods = {method for route in found for method in route.methods or ()}
        return Address(found[0].path, _write(methods))


def _write(methods: set[str]) -> str:
    more = {"HEAD", "OPTIONS"} if "GET" in methods else {"OPTIONS"}
    return ", ".join(sorted(methods | more))
