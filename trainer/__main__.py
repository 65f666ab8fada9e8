"""`python -m trainer`."""

import sys

from trainer.environment import prepare_environment

if __name__ == "__main__":
    prepare_environment()  # handed on to the worker processes
    from trainer.cli import main

    sys.exit(main())
