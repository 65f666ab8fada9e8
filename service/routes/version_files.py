"""`/models/{model}/versions/{version}/files/{path}`: what a version says of itself, for people."""

from functools import partial
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import Response

from service.components import Components, ComponentsDep
from service.description.parameters import FilePath, ModelPath, VersionPath
from service.http.conditions import is_known
from service.http.error_schemas import RETRY_LATER, ErrorBody
from service.http.header_schemas import DIGEST_HEADERS, MODEL_DIGEST
from service.routes.models import NO_VERSION
from service.versions.version_files import find_shown, read_shown
from tabuada.manifests.identity import shorten_digest
from tabuada.manifests.manifest import Manifest

_MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".png": "image/png",
}
_OTHER = "application/octet-stream"
# Whoever may write to the store has written them. A report runs its own scripts, but as of no
# origin: it reads nothing of this service's pages, and sends nothing anywhere.
_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_GUARDS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",  # kept, but asked for again: 304 tells it is the same
}
_KNOWN = "What the client has: the `ETag` that came with it. Where that is it still, 304 says so."
_ETAG = {
    "ETag": {
        "description": "Digest of the content.",
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{64}"$'},
    },
    **DIGEST_HEADERS,
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    **NO_VERSION,
    200: {
        "description": "The file, as it was published.",
        "headers": _ETAG,
        "content": {
            media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            # The first is what generated clients take it for: bytes, whatever the file is.
            for media_type in (_OTHER, *_MEDIA_TYPES.values())
        },
    },
    304: {"description": "The client has it already.", "headers": _ETAG},
    404: {"model": ErrorBody, "description": "There is no such model, version or file."},
    503: {
        "model": ErrorBody,
        "headers": RETRY_LATER,
        "description": "The file is damaged, or the store of models cannot be read.",
    },
}

router = APIRouter(prefix="/models", tags=["models"])


@router.get(
    "/{model}/versions/{version}/files/{path:path}",
    operation_id="get_file",
    summary="A file of one version",
    response_class=Response,
    responses=_RESPONSES,
)
async def get_file(
    model: ModelPath,
    version: VersionPath,
    path: FilePath,
    components: ComponentsDep,
    if_none_match: Annotated[str, Header(alias="If-None-Match", description=_KNOWN)] = "",
) -> Response:
    """Returns the model card, `MODEL_CARD.md`, or a file of `training/`: report, tables, plots.

    The manifest lists them under `files`. The content is checked against the digest there.
    """
    manifest, digest = await _find_manifest(components, model, version)
    record = find_shown(manifest, path)
    tags = {"ETag": f'"{record.sha256}"', MODEL_DIGEST: shorten_digest(digest)}
    headers = {**_GUARDS, **tags}
    if is_known(headers["ETag"], if_none_match):
        return Response(status_code=304, headers=headers)
    content = await components.catalogue.questions.ask_any(partial(read_shown, manifest, path))
    media_type = _MEDIA_TYPES.get(PurePosixPath(path).suffix, _OTHER)
    return Response(content, headers=headers, media_type=media_type)


async def _find_manifest(components: Components, model: str, version: int) -> tuple[Manifest, str]:
    if components.settings.verify_key is None:
        return await components.catalogue.read_manifest(model, version)
    # Only what was signed is shown, and what was loaded is known to be.
    loaded = await components.catalogue.find(model, version=version)
    return loaded.manifest, loaded.digest
