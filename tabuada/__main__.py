"""`python -m tabuada "4.93 + 4.02"`: ask a running service."""

import sys

from tabuada.command.program import run

if __name__ == "__main__":
    sys.exit(run())
