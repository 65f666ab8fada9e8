"""The route of requests and answers that are JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import TypeAdapter

from service.errors import TooManyRows
from service.http.bodies import parse_json
from service.http.direct_route import DirectRoute
from service.http.duplicate_names import refuse_duplicates
from service.http.intake import Intake
from service.http.number_literals import (
    find_rounded,
    may_be_rounded,
    read_rounded,
    refuse_lost,
)
from service.http.replies import Reply, reply_json
from service.http.request_context import RequestContext
from service.http.union_tags import find_union_tags, write_path
from tabuada.showing import count


@dataclass(frozen=True, slots=True)
class QuickReader:
    """In the annotation of a body: reads the plainest bodies in a fraction of the time.

    Attributes:
        read: The body's bytes, and how many rows it may have, to the same as the slow way; None
            where that is to have a look.
    """

    read: Callable[[bytes, int], Any]


class JsonRoute(DirectRoute):
    """A route whose endpoint takes a validated body and returns a typed dict.

    That has the members `model` and `version`, which the answer's headers tell, too.
    """

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        adapter: TypeAdapter[Any] = TypeAdapter(self._hints["body"])
        self._read = adapter.validator.validate_python
        self._tags = find_union_tags(adapter)
        self._read_quickly = _find_quick_reader(self._hints["body"])
        self._write = TypeAdapter(self._hints["return"]).serializer.to_json

    def parse(self, content: bytes, context: RequestContext, intake: Intake) -> Any:
        """Return a body, validated."""
        if may_be_rounded(content):
            context.read_as = _read_numbers(content)
        if self._read_quickly is not None and len(content) <= intake.inline_bytes:
            read = self._read_quickly(content, intake.max_json_rows)
            if read is not None:
                return read
        context.union_tags, context.content = self._tags, content
        parsed = parse_json(content)
        refuse_duplicates(content, parsed)
        _check_rows(parsed, intake.max_json_rows)
        return self._read(parsed)

    def render(self, answer: Any, context: RequestContext) -> Reply:
        """Return an answer as JSON."""
        context.model, context.version = answer["model"], answer["version"]
        return reply_json(200, self._write(answer), context.model_headers())


def _find_quick_reader(hint: Any) -> Callable[[bytes, int], Any] | None:
    if get_origin(hint) is not Annotated:
        return None
    readers = (extra.read for extra in get_args(hint) if isinstance(extra, QuickReader))
    return next(readers, None)


def _read_numbers(content: bytes) -> Mapping[str, float]:
    """Return what was read instead of the numbers that float64 cannot hold.

    Raises:
        BadField: It has nothing near to one of them.
    """
    rounded = find_rounded(content)
    refuse_lost(rounded)
    return read_rounded(rounded)


def _check_rows(parsed: Any, limit: int) -> None:
    """Refuse too many rows before a single one is validated."""
    if not isinstance(parsed, dict):
        return
    for name, value in parsed.items():
        if isinstance(value, list) and len(value) > limit:
            raise TooManyRows(
                f"expected at most {count(limit, 'row')}. Received: {len(value)}. "
                "Send them in several requests",
                field=write_path((name,)),
            )
