"""One process that serves: builds the application, runs it on a listener, tells how far it is."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable

import uvicorn

from service.app import create_app
from service.components import Components
from service.logs import configure_logging
from service.process.banner import Progress
from service.process.listener import Listener
from service.process.server import Server, abandon
from service.settings import Settings

Accompany = Callable[[Server], contextlib.AbstractAsyncContextManager[None]]


@contextlib.asynccontextmanager
async def _accompany_nothing(_: Server) -> AsyncIterator[None]:
    yield


def serve(
    settings: Settings,
    listener: Listener,
    progress: Progress,
    accompany: Accompany = _accompany_nothing,
) -> None:
    """Serve until a signal says stop.

    Args:
        settings: Of the service.
        listener: Where clients connect.
        progress: Told how far the start has come.
        accompany: What runs beside the server, on its loop.
    """
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        log_config=configure_logging(settings),
        access_log=False,  # the middleware has one that nothing in a request can forge
        server_header=False,
        proxy_headers=False,  # nothing here asks who the client is
        http="httptools",
        ws="none",
    )
    components: Components = app.state.components
    server = Server(config, components, listener)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:  # uvloop where it is
        runner.run(_serve(server, progress, accompany))
        if server.cut_off:  # threads may compute on what nobody waits for any more
            abandon(0)


async def _serve(server: Server, progress: Progress, accompany: Accompany) -> None:
    async with accompany(server):
        reporting = asyncio.create_task(_report(server, progress))
        await server.serve()
        reporting.cancel()


def _spare_collector() -> None:
    """Leave out of the garbage collector's walks what lives as long as the process.

    It walks over everything again as soon as enough is new: with requests that wait for their
    batch several times a second, for 20 ms each.
    """
    gc.collect()
    gc.freeze()


async def _report(server: Server, progress: Progress) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    progress.report_started()
    catalogue = server.config.app.state.components.catalogue  # type: ignore[union-attr]
    await catalogue.wait_looked()
    reason = catalogue.explain_unready()
    if reason:
        progress.report_unready(reason)
    await catalogue.wait_ready()
    _spare_collector()
    progress.report_ready()
