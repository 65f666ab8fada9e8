"""The addresses of the application as clients see them, behind a proxy's prefix or not."""

from typing import NamedTuple

from starlette.types import Scope

from service.http.hosts import Hosts
from service.http.methods import Methods
from service.http.origins import Origins
from service.http.replies import Reply


class Front(NamedTuple):
    """What an application answers, and whom.

    Attributes:
        methods: Those of each address.
        root_path: The prefix of all addresses, such as `/tabuada`, or an empty one.
        hosts: The names it answers under.
        origins: The origins whose pages may ask it, besides its own.
    """

    methods: Methods
    root_path: str
    hosts: Hosts
    origins: Origins


def take_off(root_path: str, scope: Scope) -> None:
    """Have a request be as it is without the prefix; as it was where it has none.

    A proxy may have taken it off already, and whoever asks the service itself never put it there.
    The raw path, which the log shows, stays as it came.
    """
    path: str = scope["path"]
    if path == root_path or path.startswith(f"{root_path}/"):
        scope["path"] = path[len(root_path) :]


def redirect_to_root(root_path: str | None, scope: Scope) -> Reply:
    """Return the answer to who asks for the prefix alone, without a slash at its end."""
    query: bytes = scope["query_string"]
    # Relative to what was asked for: there may be another proxy in front of that one.
    target = f"{(root_path or '').rpartition('/')[2]}/".encode() + (b"?" + query if query else b"")
    return Reply(308, [(b"location", target), (b"content-length", b"0")], b"")
