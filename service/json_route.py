"""The route of JSON bodies, read within the limits of the settings."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from service.bodies import ParsedRequest, check_media, parse_json, read_body
from service.errors import TooManyRows
from service.settings import Settings


class JsonRoute(APIRoute):
    """A route whose body is JSON within the limits of the settings.

    FastAPI's own reading knows no limit of rows, accepts any size before it looks, and calls
    every failure "an error parsing the body".
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the reading put before it where there is a body."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def read_and_handle(request: Request) -> Response:
            settings: Settings = request.app.state.parts.settings
            check_media(request)
            content = bytes(await read_body(request, settings))
            parsed = parse_json(content)
            _check_rows(parsed, settings.max_json_rows)
            return await handle(ParsedRequest(request, content, parsed))

        return read_and_handle


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
