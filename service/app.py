"""Builds the application: settings in, ASGI app out."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib import metadata
from pathlib import Path

from fastapi import FastAPI

from service.dependencies import Parts
from service.errors import BadSetting
from service.http.admission import Admission
from service.http.error_responses import add_error_handlers
from service.http.json_route import JsonRoute
from service.http.keys import KeyRing, describe_keys
from service.http.middleware import Middleware
from service.metrics import Metrics
from service.predictions.evaluation import Evaluator
from service.routes import (
    admin,
    docs,
    evaluate,
    health,
    metrics,
    models,
    open_inference,
    page,
    predict,
    version_files,
)
from service.routes.pages import add_static_files
from service.settings import PREFIX, Settings
from service.versions.catalogue import Catalogue
from service.versions.loading import prepare_loading
from service.work_queue import WorkQueue
from tabuada.artifacts.store import Store
from tabuada.errors import BadLocation

DESCRIPTION = """Neural networks that learned arithmetic from examples, and answer problems with it.

Every error has the body `{"error": {"code", "message", "field"}}`: `code` for programs, `message`
for people, and `field`, the path of the place at fault, absent where it is the whole request. Below
`/v2` it is the one that the Open Inference Protocol prescribes, `{"error": message}`."""


def create_app(settings: Settings) -> Middleware:
    """Return the application; it starts to load models when its lifespan begins.

    Raises:
        BadSetting: Keys cannot be read, or the store's URL cannot be used.
    """
    app = FastAPI(
        title="Tabuada",
        version=read_version(),
        description=DESCRIPTION,
        lifespan=_live,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # one address each: a redirected POST is a trap for clients
        telemetry={"auto_configure": settings.telemetry},
    )
    parts = app.state.parts = assemble_parts(settings)
    for part in (
        predict,
        evaluate,
        models,
        version_files,
        health,
        open_inference,
        metrics,
        docs,
        page,
    ):
        app.include_router(part.router)
    add_static_files(app)
    if parts.admin_keys:  # without a key there is nobody to let in
        app.include_router(admin.router)
    describe_keys(app, everywhere=bool(parts.api_keys))
    add_error_handlers(app)
    direct = [] if settings.telemetry else [*predict.router.routes, *evaluate.router.routes]
    return Middleware(app, parts, [route for route in direct if isinstance(route, JsonRoute)])


def assemble_parts(settings: Settings) -> Parts:
    """Return the parts of an application, nothing loaded yet.

    Raises:
        BadSetting: Keys cannot be read, or the store's URL cannot be used.
    """
    store = _open_store(settings)
    told = Metrics()
    catalogue = Catalogue(
        store,
        prepare_loading(store, settings, told.observe_run),
        settings.default_model,
        settings.loaded_versions,
        settings.version_policy,
        settings.load_timeout_s,
        told,
    )
    large_bodies, evaluations = (
        WorkQueue(turns, settings.max_waiting, wait_s, partial(told.observe_wait, name))
        for name, turns, wait_s in (
            ("large_bodies", settings.work_turns, settings.predict_wait_s),
            ("evaluate", 1, settings.evaluate_wait_s),
        )
    )
    return Parts(
        settings=settings,
        catalogue=catalogue,
        evaluator=Evaluator(evaluations),
        metrics=told,
        admission=Admission(settings.max_requests, settings.max_pending_bytes),
        large_bodies=large_bodies,
        api_keys=KeyRing(settings.read_api_keys()),
        admin_keys=KeyRing(settings.read_admin_keys()),
    )


def _open_store(settings: Settings) -> Store:
    try:
        return Store(settings.artifacts, settings.cache)
    except BadLocation as error:
        raise BadSetting(f"{PREFIX}ARTIFACTS: {error}") from error


def read_version() -> str:
    """Return the version of this package, installed or not."""
    source = Path(__file__).parents[1] / "pyproject.toml"
    if source.is_file():  # the tree itself knows better than an install from some time ago
        version: str = tomllib.loads(source.read_text("utf-8"))["project"]["version"]
        return version
    return metadata.version("tabuada")


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncIterator[None]:
    """Watch the store from start to shutdown, without making the first request wait for it."""
    parts: Parts = app.state.parts
    tasks = [
        asyncio.create_task(parts.catalogue.watch(parts.settings.poll_interval_s)),
        asyncio.create_task(_keep_gauges(parts)),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_gauges(parts: Parts) -> None:
    """Bring the gauges up to date every second: another worker may be asked for them."""
    while True:
        parts.metrics.look(parts.admission.requests, not parts.explain_unready())
        await asyncio.sleep(1)
