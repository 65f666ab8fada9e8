"""`python -m trainer`."""

import sys

from trainer.environment import prepare_environment

if __name__ == "__main__":
    prepare_environment()  # handed on to the worker processes
    try:
        from trainer.cli import main
    except KeyboardInterrupt:  # nothing has begun
        sys.exit(130)
    sys.exit(main())
