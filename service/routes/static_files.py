"""`/static`: the files that pages load, and how long a browser may keep them."""

import re

import anyio.to_thread
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from service.components import ComponentsDep
from service.http.assets import Asset, Assets
from service.http.conditions import is_known

_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"  # kept, but asked for again: 304 tells that it is the same
_RELEASE = re.compile(r"([0-9a-f]{16})/(.+)")
_REFUSED = re.compile(r";\s*q=0(?:\.0*)?\s*$")

router = APIRouter(include_in_schema=False)


@router.get("/static/{path:path}")
async def get_static_file(path: str, request: Request, components: ComponentsDep) -> Response:
    """A file that a page loads, compressed where the browser can read that."""
    asset, caching = await _find(components.assets, path)
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
    zipped = not asset.is_small and accepts_gzip(request.headers.get("accept-encoding", ""))
    headers["ETag"] = f'"{asset.digest}{"-gzip" if zipped else ""}"'
    if is_known(headers["ETag"], request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    if not zipped:
        return Response(asset.content, headers=headers, media_type=asset.media_type)
    headers["Content-Encoding"] = "gzip"
    content = await anyio.to_thread.run_sync(asset.zip)
    return Response(content, headers=headers, media_type=asset.media_type)


async def _find(assets: Assets, path: str) -> tuple[Asset, str]:
    """Return a file, and how long it may be kept.

    One of another release than this is none: modules of two do not fit together.
    """
    release, caching = assets.held, _ASK_AGAIN
    versioned = _RELEASE.fullmatch(path)
    if versioned:
        caching = _FOR_GOOD
        if versioned[1] != release.digest:  # another worker may have seen it come
            release = await anyio.to_thread.run_sync(assets.look)
        path = versioned[2] if versioned[1] == release.digest else ""
    asset = release.files.get(path)
    if asset is None:
        raise HTTPException(404)
    return asset, caching


def accepts_gzip(accepted: str) -> bool:
    """Return whether a client reads gzip.

    Args:
        accepted: Its `Accept-Encoding`.
    """
    told = {}
    for coding in accepted.lower().split(","):
        told[coding.partition(";")[0].strip()] = not _REFUSED.search(coding)
    return told.get("gzip", told.get("*", False))
