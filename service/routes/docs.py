"""`/docs` and `/redoc`, from files of this package: they need no internet."""

from fastapi import APIRouter
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse

from service.components import ComponentsDep
from service.routes.pages import guard, look_at_files

# An empty picture, written out: a browser asks for /favicon.ico where a page names none.
_NO_ICON = "data:,"
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def get_docs(components: ComponentsDep) -> HTMLResponse:
    """The description as Swagger UI shows it, with forms to try each request."""
    files = await look_at_files(components.assets)
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="Tabuada",
        swagger_js_url=f"{files.folder}swagger-ui-bundle.js",
        swagger_css_url=f"{files.folder}swagger-ui.css",
        swagger_favicon_url=_NO_ICON,
        swagger_ui_parameters={"defaultModelsExpandDepth": 0},  # types are for programs: folded
    )
    return guard(page, _POLICY)


@router.get("/redoc")
async def get_redoc(components: ComponentsDep) -> HTMLResponse:
    """The description as Redoc shows it, for reading."""
    files = await look_at_files(components.assets)
    page = get_redoc_html(
        openapi_url="openapi.json",
        title="Tabuada",
        redoc_js_url=f"{files.folder}redoc.standalone.js",
        redoc_favicon_url=_NO_ICON,
        with_google_fonts=False,
    )
    return guard(page, _POLICY)
