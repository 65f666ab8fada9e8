"""`python -m service`: serve until a signal says stop."""

import sys

from service.process.ending import Ending, take_signals


def main() -> int:
    """Serve; return the exit code."""
    ending = Ending()
    take_signals(ending.tell)
    # Only now: what takes half a second to import could not be ended in an orderly way.
    from service.process.command import run  # noqa: PLC0415

    return run(ending)


if __name__ == "__main__":
    sys.exit(main())
