"""The route of JSON bodies, read within the limits of the settings."""

from typing import Any

from fastapi import Request

from service.bodies import BodyRoute, ParsedRequest, check_media, parse_json, read_body
from service.errors import TooManyRows
from service.settings import Settings


class JsonRoute(BodyRoute):
    """A route whose body is JSON within the limits of the settings.

    FastAPI's own reading knows no limit of rows, accepts any size before it looks, and calls
    every failure "an error parsing the body".
    """

    async def read(self, request: Request, settings: Settings) -> ParsedRequest:
        """Read JSON; see `BodyRoute.read`."""
        check_media(request)
        content = bytes(await read_body(request, settings))
        parsed = parse_json(content)
        _check_rows(parsed, settings.max_json_rows)
        return ParsedRequest(request, content, parsed)


def _check_rows(parsed: Any, limit: int) -> None:
    """Refuse too many rows before a single one is validated."""
    if not isinstance(parsed, dict):
        return
    for name, value in parsed.items():
        if isinstance(value, list) and len(value) > limit:
            raise TooManyRows(
                f"expected at most {limit} rows. Received: {len(value)}. "
                "Send them in several requests",
                field=name[:80],
            )
