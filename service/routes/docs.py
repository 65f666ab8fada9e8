"""`/docs` and `/redoc`, from files of this package: they need no internet."""

from fastapi import APIRouter
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse

from service.routes.pages import guard

# An empty picture, written out: a browser asks for /favicon.ico where a page names none.
_NO_ICON = "data:,"
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def get_docs() -> HTMLResponse:
    """The description as Swagger UI shows it, with forms to try each request."""
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="Tabuada",
        swagger_js_url="static/swagger-ui-bundle.js",
        swagger_css_url="static/swagger-ui.css",
        swagger_favicon_url=_NO_ICON,
        swagger_ui_parameters={"defaultModelsExpandDepth": 0},  # types are for programs: folded
    )
    return guard(page, _POLICY)


@router.get("/redoc")
async def get_redoc() -> HTMLResponse:
    """The description as Redoc shows it, for reading."""
    page = get_redoc_html(
        openapi_url="openapi.json",
        title="Tabuada",
        redoc_js_url="static/redoc.standalone.js",
        redoc_favicon_url=_NO_ICON,
        with_google_fonts=False,
    )
    return guard(page, _POLICY)
