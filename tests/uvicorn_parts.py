"""uvicorn as a client meets it, with a look at what it has inside."""

import asyncio
from types import SimpleNamespace
from typing import Any

import uvicorn
from uvicorn.protocols.http import httptools_impl

_REQUEST = b"GET /path HTTP/1.1\r\nHost: here\r\n\r\n"


def ask_uvicorn() -> SimpleNamespace:
    """Return its parts, after two requests at once over a real connection.

    Returns:
        `protocol`, `cycle` (the second request's), `flow`, `server` and `state`, and of what went
        on: `started` (each request and what it was to be told to in the end), `connected`.
    """
    return asyncio.run(_ask())


async def _ask() -> SimpleNamespace:
    seen = SimpleNamespace(started=[])

    class Protocol(httptools_impl.HttpToolsProtocol):
        def _start_asgi_task(self, cycle: Any, app: Any) -> None:
            seen.started.append((cycle, cycle.on_response == self.on_response_complete))
            super()._start_asgi_task(cycle, app)

    config = uvicorn.Config(_answer, log_config=None)
    config.load()
    seen.server = uvicorn.Server(config)
    seen.server.lifespan = config.lifespan_class(config)
    seen.state, loop = seen.server.server_state, asyncio.get_running_loop()
    options: dict[str, Any] = {"config": config, "server_state": seen.state, "app_state": {}}
    listening = await loop.create_server(lambda: Protocol(**options, _loop=loop), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
    writer.write(2 * _REQUEST)
    for _ in range(2):
        await reader.readuntil(b"\r\n\r\n")
    seen.connected = set(seen.state.connections)
    (protocol,) = seen.connected
    seen.cycle, seen.flow = protocol.cycle, protocol.flow
    # As it is now: some of it goes with the connection.
    seen.protocol = SimpleNamespace(**{name: getattr(protocol, name) for name in dir(protocol)})
    writer.close()
    await writer.wait_closed()
    while seen.state.connections:
        await asyncio.sleep(0.01)
    listening.close()
    return seen


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    assert scope["path"] == "/path"
    await receive()
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
