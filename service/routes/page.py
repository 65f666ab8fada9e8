"""`/`: the web page for people who learn arithmetic, from files of this package."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from service.routes.pages import STATIC, guard

_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    # The charts bring rules of their own, in the page itself.
    "style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/")
async def get_page() -> FileResponse:
    """The page, which asks this service for everything else."""
    return guard(FileResponse(STATIC / "page" / "index.html"), _POLICY)
