"""The route of requests and answers that are JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import TypeAdapter

from service.errors import TooManyRows
from service.http.direct_route import DirectRoute
from service.http.duplicate_names import refuse_duplicates
from service.http.intake import Intake
from service.http.json_places import Locate, stay
from service.http.json_text import PIECE_BYTES, parse_json
from service.http.large_json import read_large
from service.http.long_lists import LongList, LongLists
from service.http.number_literals import (
    MAX_TOLD,
    asks_exact,
    find_rounded,
    may_be_lost,
    may_be_rounded,
    read_rounded,
    refuse_lost,
)
from service.http.replies import Reply, reply_json
from service.http.request_context import RequestContext
from service.http.union_tags import find_union_tags, write_path
from tabuada.showing import count

ExtraT = TypeVar("ExtraT")


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
        reader = _find_extra(self._hints["body"], QuickReader)
        self._read_quickly = None if reader is None else reader.read
        self._long_lists = _find_extra(self._hints["body"], LongLists) or LongLists(frozenset())
        self._write = TypeAdapter(self._hints["return"]).serializer.to_json

    def parse(self, content: bytes, context: RequestContext, intake: Intake) -> Any:
        """Return a body, validated."""
        if len(content) > PIECE_BYTES:
            return self._parse_large(content, context, intake)
        if may_be_rounded(content):
            _Numbers(context, exact=asks_exact(content)).keep(content)
        if self._read_quickly is not None:
            read = self._read_quickly(content, intake.max_json_rows)
            if read is not None:
                return read
        context.union_tags, context.content = self._tags, content
        parsed = parse_json(content)
        refuse_duplicates(content, parsed)
        _check_rows(parsed, intake.max_json_rows)
        return self._read(parsed)

    def _parse_large(self, content: bytes, context: RequestContext, intake: Intake) -> Any:
        context.union_tags = self._tags  # and without the content, which it would keep alive
        numbers = _Numbers(context, exact=asks_exact(content))
        parsed = read_large(content, self._long_lists, numbers.look)
        _check_rows(parsed, intake.max_json_rows)
        return self._read(parsed)

    def render(self, answer: Any, context: RequestContext) -> Reply:
        """Return an answer as JSON."""
        context.model, context.version = answer["model"], answer["version"]
        return reply_json(200, self._write(answer), context.model_headers())


def _find_extra(hint: Any, kind: type[ExtraT]) -> ExtraT | None:
    """Return what an annotation says besides the type, of one kind."""
    extras = get_args(hint) if get_origin(hint) is Annotated else ()
    return next((extra for extra in extras if isinstance(extra, kind)), None)


class _Numbers:
    """Keeps what was read instead of the numbers that float64 cannot hold.

    Args:
        context: The request, which tells them.
        exact: Whether it may ask for exact values.
    """

    def __init__(self, context: RequestContext, *, exact: bool) -> None:
        self._context = context
        self._exact = exact

    def look(self, content: bytes, locate: Locate) -> None:
        """Look at a part of some JSON before it is parsed; see `keep`."""
        if may_be_rounded(content):
            self.keep(content, locate)

    def keep(self, content: bytes, locate: Locate = stay) -> None:
        """Keep what is read of some JSON that may have such numbers.

        Raises:
            BadField: float64 has nothing near to one of them.
        """
        told = self._context.read_as or {}
        if len(told) >= MAX_TOLD and not may_be_lost(content):
            return  # to walk through more of them takes a while, and nobody is told
        rounded = find_rounded(content, exact=self._exact, locate=locate)
        refuse_lost(rounded)
        told = {**told, **read_rounded(rounded)}
        self._context.read_as = dict(islice(told.items(), MAX_TOLD))


def _check_rows(parsed: Any, limit: int) -> None:
    """Refuse too many rows before a single one is validated."""
    if not isinstance(parsed, dict):
        return
    for name, value in parsed.items():
        if isinstance(value, list | LongList) and len(value) > limit:
            raise TooManyRows(
                f"expected at most {count(limit, 'row')}. Received: {len(value)}. "
                "Send them in several requests",
                field=write_path((name,)),
            )
