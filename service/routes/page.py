"""`/`: the web page for people who learn arithmetic, from files of this package."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.components import ComponentsDep
from service.routes.pages import guard, look_at_files

_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    # The charts bring rules of their own, in the page itself.
    "style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/")
async def get_page(components: ComponentsDep) -> HTMLResponse:
    """The page, which asks this service for everything else."""
    files = await look_at_files(components.assets)
    content = files.files["page/index.html"].content.decode()
    return guard(HTMLResponse(content.replace('"static/', f'"{files.folder}')), _POLICY)
