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
from service.process.ending import Ending, abandon
from service.process.listener import Listener
from service.process.server import Server
from service.process.watchdog import Watchdog
from service.runtimes.run_watch import is_running
from service.settings import Settings
from service.shared_numbers import SharedNumbers
from service.versions.serial_executor import is_working

Accompany = Callable[[Server], contextlib.AbstractAsyncContextManager[None]]


@contextlib.asynccontextmanager
async def _accompany_nothing(_: Server) -> AsyncIterator[None]:
    yield


def serve(
    settings: Settings,
    listener: Listener,
    progress: Progress,
    ending: Ending,
    *,
    accompany: Accompany = _accompany_nothing,
    numbers: SharedNumbers | None = None,
) -> None:
    """Serve until told to stop.

    Args:
        settings: Of the service.
        listener: Where clients connect.
        progress: Told how far the start has come.
        ending: Told how to stop once there is something to stop.
        accompany: What runs beside the server, on its loop.
        numbers: Where workers count together, if it is one of several.
    """
    app = create_app(settings, numbers)
    config = uvicorn.Config(
        app,
        log_config=configure_logging(settings),
        access_log=False,  # the middleware has one that nothing in a request can forge
        server_header=False,
        proxy_headers=False,  # nothing here asks who the client is
        http="httptools",
        ws="none",
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:  # uvloop where it is
        runner.run(_serve(config, listener, progress, ending, accompany))
    # A thread inside a runtime's own code, or one that a disk holds, must not meet the end of
    # the interpreter: it would abort the process, or keep it.
    if is_running() or is_working():
        abandon(0)


async def _serve(
    config: uvicorn.Config,
    listener: Listener,
    progress: Progress,
    ending: Ending,
    accompany: Accompany,
) -> None:
    components: Components = config.app.state.components  # type: ignore[union-attr]
    server = Server(config, components, listener)
    ending.prepare(
        server.stop, components.settings.drain_s + components.settings.shutdown_timeout_s
    )
    async with accompany(server), _watch(components.settings):
        reporting = asyncio.create_task(_report(server, progress))
        await server.serve()
        reporting.cancel()
    if server.cut_off:  # threads may compute on what nobody waits for any more
        abandon(0)


def _watch(settings: Settings) -> contextlib.AbstractAsyncContextManager[None]:
    """Return what watches the event loop of a single process; one of several its parent does."""
    if settings.workers > 1:
        return contextlib.nullcontext()
    return Watchdog(settings.worker_timeout_s).accompany()


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
