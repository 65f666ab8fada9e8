"""Builds the application: settings in, ASGI app out."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from service.components import Components
from service.description.document import describe_for_clients
from service.description.introduction import INTRODUCTION, TAGS
from service.errors import BadSetting
from service.front_settings import parse_hosts, parse_origins
from service.http.admission import Admission
from service.http.assets import Assets
from service.http.direct_route import DirectRoute, DirectRoutes
from service.http.error_responses import add_error_handlers
from service.http.front import Front
from service.http.hosts import Hosts
from service.http.intake import Intake
from service.http.keys import KeyRing, describe_keys
from service.http.limit_schemas import describe_limits
from service.http.methods import Methods
from service.http.middleware import Middleware
from service.http.origins import Origins
from service.memory import Trimmer
from service.metrics import Metrics
from service.open_inference import routes as open_inference
from service.routes import (
    admin,
    docs,
    health,
    metrics,
    models,
    page,
    static_files,
    version_files,
)
from service.routes.pages import STATIC
from service.settings import PREFIX, Settings
from service.shared_numbers import SharedNumbers
from service.task_registry import LOADERS, TASKS
from service.versions.catalogue import Catalogue
from service.versions.loading import prepare_loading
from service.work_queue import WorkQueue
from tabuada.artifacts.store import Store
from tabuada.errors import BadLocation


def create_app(settings: Settings, numbers: SharedNumbers | None = None) -> Middleware:
    """Return the application; it starts to load models when its lifespan begins.

    Args:
        settings: Of the service.
        numbers: Where workers count together, if it is one of several.

    Raises:
        BadSetting: Keys cannot be read, or the store's URL cannot be used.
    """
    app = FastAPI(
        title="Tabuada",
        version=read_version(),
        description=INTRODUCTION,
        openapi_tags=TAGS,
        license_info={"name": "MIT", "identifier": "MIT"},
        lifespan=_live,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "./"}],  # wherever the description is, behind a proxy's prefix too
        redirect_slashes=False,  # one address each: a redirected POST is a trap for clients
        telemetry={"auto_configure": settings.telemetry},
    )
    components = app.state.components = assemble_components(settings, numbers)
    parts = (models, version_files, health, open_inference, metrics, docs, page, static_files)
    routers = [*_list_task_routers(), *(part.router for part in parts), open_inference.infer_router]
    if components.admin_keys:  # without a key there is nobody to let in
        routers += [admin.router, admin.label_router]
    for router in routers:
        app.include_router(router)
    describe_keys(app, everywhere=bool(components.api_keys))
    describe_limits(app, settings)
    describe_for_clients(app)
    add_error_handlers(app)
    direct = [] if settings.telemetry else [*_list_task_routers(), open_inference.infer_router]
    return Middleware(
        app, components, DirectRoutes(_list_direct(direct)), _assemble_front(app, routers, settings)
    )


def _assemble_front(app: FastAPI, routers: list[APIRouter], settings: Settings) -> Front:
    """Return the addresses of the application, and who may ask for them.

    Raises:
        BadSetting: The prefix cannot be told from an address.
    """
    listed = [*app.routes, *(route for router in routers for route in router.routes)]
    routes = [route for route in listed if isinstance(route, Route)]
    first = settings.root_path[1:].partition("/")[0]
    if first and first in {route.path[1:].partition("/")[0] for route in routes}:
        raise BadSetting(
            f"{PREFIX}ROOT_PATH: expected a prefix that begins as no address of the service does. "
            f"Received: {settings.root_path}. Choose another one, such as /tabuada"
        )
    return Front(
        Methods(routes),
        settings.root_path,
        Hosts(parse_hosts(settings.allowed_hosts)),
        Origins(parse_origins(settings.allowed_origins)),
    )


def _list_task_routers() -> list[APIRouter]:
    return [router for task in TASKS for router in task.routers]


def _list_direct(routers: list[APIRouter]) -> list[DirectRoute]:
    return [
        route
        for router in routers
        for route in router.routes
        if isinstance(route, DirectRoute) and route.methods == {"POST"}
    ]


def assemble_components(settings: Settings, numbers: SharedNumbers | None = None) -> Components:
    """Return the components of an application, nothing loaded yet.

    Args:
        settings: Of the service.
        numbers: Where workers count together, if it is one of several.

    Raises:
        BadSetting: Keys cannot be read, or the store's URL cannot be used.
    """
    store = _open_store(settings)
    telling = Metrics(numbers)
    catalogue = Catalogue(
        store,
        prepare_loading(settings, LOADERS, telling.observe_run),
        settings.default_model,
        settings.loaded_versions,
        settings.version_policy,
        settings.load_timeout_s,
        telling,
    )
    planes = [task.prepare(settings, telling) for task in TASKS]
    return Components(
        settings=settings,
        catalogue=catalogue,
        metrics=telling,
        intake=_assemble_intake(settings, telling),
        planes={type(plane): plane for plane in planes},
        api_keys=KeyRing(settings.read_api_keys()),
        admin_keys=KeyRing(settings.read_admin_keys()),
        assets=Assets(STATIC),
    )


def _assemble_intake(settings: Settings, telling: Metrics) -> Intake:
    return Intake(
        inline_bytes=settings.inline_bytes,
        max_body_bytes=settings.max_body_bytes,
        max_json_bytes=min(settings.max_json_bytes, settings.max_body_bytes),
        max_gzip_ratio=settings.max_gzip_ratio,
        max_json_rows=settings.max_json_rows,
        max_binary_rows=settings.max_binary_rows,
        admission=Admission(settings.max_requests, settings.max_pending_bytes),
        large_bodies=WorkQueue(
            settings.work_turns,
            settings.max_waiting,
            settings.predict_wait_s,
            partial(telling.observe_wait, "large_bodies"),
        ),
    )


def _open_store(settings: Settings) -> Store:
    try:
        return Store(settings.artifacts, settings.cache)
    except BadLocation as error:
        raise BadSetting(f"{PREFIX}ARTIFACTS: {error}") from error


def read_version() -> str:
    """Return the version of the tree that this runs from."""
    source = Path(__file__).parents[1] / "pyproject.toml"
    version: str = tomllib.loads(source.read_text("utf-8"))["project"]["version"]
    return version


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncIterator[None]:
    """Watch the store from start to shutdown, without making the first request wait for it."""
    components: Components = app.state.components
    tasks = [
        asyncio.create_task(components.catalogue.watch(components.settings.poll_interval_s)),
        asyncio.create_task(_keep_gauges(components)),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_gauges(components: Components) -> None:
    """Bring the gauges up to date every second: another worker may be asked for them.

    And give memory back, where there is some.
    """
    trimmer = Trimmer(components.intake.admission)
    while True:
        components.look()
        await trimmer.look()
        await asyncio.sleep(1)
