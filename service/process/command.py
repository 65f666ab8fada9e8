"""The command line: reads the settings, listens, and serves in one process or in several."""

import argparse
import gc
import logging.config
import os
import sys
from typing import NoReturn

from service.errors import BadSetting
from service.logs import configure_logging
from service.process.banner import Banner
from service.process.ending import Ending
from service.process.listener import Listener, listen
from service.process.supervisor import Supervisor
from service.settings import PREFIX, Settings, read_settings


def run(ending: Ending) -> int:
    """Read the settings, listen and serve; return the exit code.

    Args:
        ending: What signals are told to.
    """
    # NumPy multiplies no matrices here, and threads to do so take memory and time to start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    chosen = {name: value for name, value in vars(_parse_arguments()).items() if value is not None}
    try:
        settings = read_settings(**chosen)
        return _run(settings, listen(settings), ending)
    except BadSetting as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def _run(settings: Settings, listener: Listener, ending: Ending) -> int:
    banner = Banner(settings, listener)
    if settings.workers > 1:
        logging.config.dictConfig(configure_logging(settings))
        return Supervisor(settings, listener, banner).run(ending)
    # Only now: settings and port are told at once, and a parent of workers stays small.
    gc.disable()  # importing leaves no garbage, and looking for some takes a tenth of the start
    from service.process.serving import serve  # noqa: PLC0415

    gc.enable()
    serve(settings, listener, banner, ending)
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End in one line, as a bad setting does."""
        self.exit(2, f"error: {message}. See --help\n")


def _parse_arguments() -> argparse.Namespace:
    parser = _Parser(
        prog="python -m service",
        description="Serve the published versions over HTTP.",
        epilog=_describe_settings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--workers", metavar="N", help=f"processes that answer; overrides {PREFIX}WORKERS"
    )
    return parser.parse_args()


def _describe_settings() -> str:
    lines = ["Settings, from the environment:"]
    for name, field in Settings.model_fields.items():
        default = _show_default(field.default)
        lines.append(f"  {PREFIX}{name.upper():<20} {field.description} [{default}]")
    return "\n".join(lines)


def _show_default(default: object) -> str:
    """Return a default as it would be written into the environment."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, str | int | float):
        return str(default)
    return "unset"  # nothing, no keys, no policies
