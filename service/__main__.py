"""`python -m service`: serve until a signal says stop."""

import argparse
import asyncio
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

import uvicorn

from service.app import create_app
from service.errors import BadSetting
from service.settings import PREFIX, Settings, read_settings

_LOCAL = {"0.0.0.0", "127.0.0.1", "::", "::1"}  # what `localhost` reaches
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main() -> int:
    """Read the settings, listen and serve; return the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal it stopped for once more when it has finished: without a
        # handler, an orderly stop would end as if killed.
        signal.signal(number, _stop)
    argparse.ArgumentParser(
        prog="python -m service",
        description="Serve the published versions over HTTP.",
        epilog=_describe_settings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    try:
        settings = read_settings()
        listener = _listen(settings)
        config = _configure_server(settings)
    except BadSetting as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:  # uvloop where it is
        runner.run(_serve(config, settings, listener))
    return 0


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _describe_settings() -> str:
    lines = ["Settings, from the environment:"]
    for name, field in Settings.model_fields.items():
        lines.append(f"  {PREFIX}{name.upper():<20} {field.description} [{field.default}]")
    return "\n".join(lines)


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything is loaded, so that a busy one is told at once."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadSetting(
            f"expected a free address. Received: {settings.host} port {settings.port}: {reason}. "
            f"Stop what listens there, or set {PREFIX}HOST or {PREFIX}PORT"
        ) from error
    # Accepted connections inherit it; asyncio would not set it on a listener that came from
    # outside, and each answer would wait 40 ms for the client's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _configure_server(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings),
        log_config=_configure_logging(settings),
        access_log=settings.access_log,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=settings.shutdown_timeout_s,
    )


async def _serve(config: uvicorn.Config, settings: Settings, listener: socket.socket) -> None:
    server = uvicorn.Server(config)
    announcing = asyncio.create_task(_announce(server, settings, listener))
    await server.serve(sockets=[listener])
    announcing.cancel()


async def _announce(server: uvicorn.Server, settings: Settings, listener: socket.socket) -> None:
    """Say where the service is, and once it is ready, how to ask it."""
    while not server.started:
        await asyncio.sleep(0.01)
    port = listener.getsockname()[1]
    host = "localhost" if settings.host in _LOCAL else settings.host
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    _say(f"Tabuada listens on {address}")
    catalogue = server.config.app.state.parts.catalogue  # type: ignore[union-attr]
    await catalogue.wait_looked()
    reason = catalogue.explain_unready()
    if reason:
        _say(f"Not ready: {reason}")
    await catalogue.wait_ready()
    _say(
        f"Ready. Documentation: {address}/docs\n"
        f"Try:\n  curl {address}/predict -H 'Content-Type: application/json' "
        """-d '{"instances": [{"a": 4.93, "op": "+", "b": 4.02}]}'"""
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _configure_logging(settings: Settings) -> dict[str, object]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": _FORMAT}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["stderr"], "level": settings.log_level.upper()},
    }


if __name__ == "__main__":
    sys.exit(main())
