"""Builds the application: settings in, ASGI app out."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import metadata
from pathlib import Path

from fastapi import FastAPI

from service.admission import Admission
from service.catalogue import Catalogue
from service.dependencies import Parts
from service.error_responses import add_error_handlers
from service.evaluation import Evaluator
from service.loading import prepare_loading
from service.routes import docs, evaluate, health, models, open_inference, predict
from service.settings import Settings
from tabuada.store import Store

DESCRIPTION = """Neural networks that learned arithmetic from examples, and answer problems with it.

Every error has the body `{"error": {"code", "message", "field"}}`: `code` for programs, `message`
for people, and `field`, the path of the place at fault, absent where it is the whole request. Below
`/v2` it is the one that the Open Inference Protocol prescribes, `{"error": message}`."""


def create_app(settings: Settings) -> FastAPI:
    """Return the application; it starts to load models when its lifespan begins."""
    app = FastAPI(
        title="Tabuada",
        version=read_version(),
        description=DESCRIPTION,
        lifespan=_live,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # one address each: a redirected POST is a trap for clients
    )
    store = Store(settings.artifacts)
    catalogue = Catalogue(
        store, prepare_loading(store, settings), settings.default_model, settings.loaded_versions
    )
    app.state.parts = Parts(settings, catalogue, Evaluator())
    for part in (predict, evaluate, models, health, open_inference):
        app.include_router(part.router)
    docs.add_docs(app)
    add_error_handlers(app)
    app.add_middleware(Admission, max_requests=settings.max_requests)
    return app


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
    watching = asyncio.create_task(parts.catalogue.watch(parts.settings.poll_interval_s))
    yield
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
