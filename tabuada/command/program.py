"""The program `tabuada`, or `python -m tabuada`: ask a running service."""

import os
import sys

from tabuada.command.wording import choose_wording
from tabuada.extras import advise_installing

_OF_THE_CLIENT = ("httpx", "anyio")


def run() -> int:
    """Ask a service, as the arguments of this process say.

    Returns:
        The exit code; 2 as well where the client's libraries are not installed.
    """
    try:
        from tabuada.command.cli import main  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError as error:
        if error.name not in _OF_THE_CLIENT:
            raise
        words = choose_wording(os.environ)
        advice = words.needs_httpx.format(command=advise_installing("client"))
        sys.stderr.write(f"{words.error}: {advice}\n")
        return 2
    return main()
