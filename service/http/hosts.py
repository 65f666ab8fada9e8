"""Under which names the service answers, where an operator named any."""

import re
from collections.abc import Iterable, Mapping

from service.errors import WrongHost
from tabuada.showing import show

_PORT = re.compile(r":[0-9]*$")


class Hosts:
    """Refuses requests for other hosts: a name that somebody else points at this machine.

    Args:
        hosts: Names in lower case, such as `tabuada.example`; `*.school.example` stands for all
            names below that one. None lets any name in.
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        hosts = list(hosts)
        self._names = frozenset(host for host in hosts if not host.startswith("*"))
        self._endings = tuple(host[1:] for host in hosts if host.startswith("*"))

    def __bool__(self) -> bool:
        return bool(self._names or self._endings)

    def check(self, headers: Mapping[bytes, bytes]) -> None:
        """Let a request in.

        Args:
            headers: Its headers, by lower-case name.

        Raises:
            WrongHost: It is for another host, or says for none.
        """
        host = headers.get(b"host", b"").decode("latin-1")
        name = _PORT.sub("", host).lower()
        if name not in self._names and not name.endswith(self._endings):
            raise WrongHost(
                "expected a name that this service answers under. "
                f"Received: the host {show(host)}. "
                "Ask by such a name, or have the operator add this one to TABUADA_ALLOWED_HOSTS"
            )
