"""`python -m tabuada "4.93 + 4.02"`: ask a running service."""

import os
import sys

from tabuada.command.wording import choose_wording

if __name__ == "__main__":
    try:
        from tabuada.command.cli import main
    except ModuleNotFoundError as error:
        if error.name != "httpx":
            raise
        words = choose_wording(os.environ)
        sys.stderr.write(f"{words.error}: {words.needs_httpx}\n")
        sys.exit(2)
    sys.exit(main())
