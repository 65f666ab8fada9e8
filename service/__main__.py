"""`python -m service`: serve until a signal says stop."""

import argparse
import signal
import sys
from types import FrameType
from typing import NoReturn

from service.errors import BadSetting
from service.process.banner import Banner
from service.process.listener import listen
from service.settings import PREFIX, Settings, read_settings


def main() -> int:
    """Read the settings, listen and serve; return the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)  # until there is a server, which stops in an orderly way
    _parse_arguments()
    try:
        settings = read_settings()
        listener = listen(settings)
        # Only now: settings and port are told at once, and a parent of workers stays small.
        from service.process.serving import serve  # noqa: PLC0415

        serve(settings, listener, Banner(settings, listener))
    except BadSetting as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m service",
        description="Serve the published versions over HTTP.",
        epilog=_describe_settings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser.parse_args()


def _describe_settings() -> str:
    lines = ["Settings, from the environment:"]
    for name, field in Settings.model_fields.items():
        lines.append(f"  {PREFIX}{name.upper():<20} {field.description} [{field.default}]")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
