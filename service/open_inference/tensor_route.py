"""The route of bodies that are JSON, or JSON and then raw tensors."""

from typing import Any, NamedTuple

from pydantic import TypeAdapter

from service.errors import BadField
from service.http.direct_route import DirectRoute
from service.http.duplicate_names import refuse_duplicates
from service.http.intake import Intake, check_bytes
from service.http.json_places import Locate, stay
from service.http.json_text import PIECE_BYTES, parse_json
from service.http.large_json import read_large
from service.http.number_literals import (
    find_rounded,
    has_long_whole,
    may_be_lost,
    may_be_rounded,
    refuse_lost,
    shorten_number,
)
from service.http.replies import Reply, reply_bytes, reply_json
from service.http.request_context import RequestContext
from service.http.union_tags import write_path
from service.open_inference.layout import Layout, lay_out
from service.open_inference.quick_bodies import QuickLayout, read_quickly
from service.open_inference.schemas import LONG_DATA
from service.wording import shorten

HEADER_LENGTH = "Inference-Header-Content-Length"
_HEADER = HEADER_LENGTH.lower().encode()


class Tensors(NamedTuple):
    """An answer of this route's endpoints.

    Attributes:
        model: Name of the model that answered.
        version: Its version.
        head: The JSON.
        binary: The raw tensors that follow it.
    """

    model: str
    version: int
    head: bytes
    binary: list[memoryview]


class TensorRoute(DirectRoute):
    """A route whose endpoint is described with the JSON of a request, and takes its tensors."""

    # tritonclient declares nothing where all is JSON, and aiohttp under it always binary data.
    other_media = ("application/octet-stream", "")

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self._read = TypeAdapter(self._hints["body"]).validator.validate_python

    def limit(self, context: RequestContext, intake: Intake) -> int:
        """Return how many bytes a body may have: more where raw tensors follow the JSON."""
        return intake.max_body_bytes if _HEADER in context.headers else intake.max_json_bytes

    def parse(
        self, content: bytes, context: RequestContext, intake: Intake
    ) -> Layout | QuickLayout:
        """Return the tensors of a body, found but for their elements; no raw one is copied."""
        length = _read_length(context, len(content))
        check_bytes(length, intake.max_json_bytes)
        text = content[:length]
        if length > PIECE_BYTES:
            parsed = read_large(text, LONG_DATA, _refuse_rounded)
        else:
            _refuse_rounded(text)
            if length == len(content):
                quick = read_quickly(content, intake.max_json_rows)
                if quick is not None:
                    return quick
            context.content = text
            parsed = parse_json(text)
            refuse_duplicates(text, parsed)
        request = self._read(parsed)
        binary = memoryview(content)[length:]
        return lay_out(request, binary, intake.max_json_rows, intake.max_binary_rows)

    def render(self, answer: Tensors, context: RequestContext) -> Reply:
        """Return an answer as JSON, and what follows it."""
        context.model, context.version = answer.model, answer.version
        if not answer.binary:
            return reply_json(200, answer.head, context.model_headers())
        own = [(_HEADER, b"%d" % len(answer.head))]
        content = b"".join([answer.head, *answer.binary])
        return reply_bytes(200, b"application/octet-stream", content, own + context.model_headers())


def _refuse_rounded(content: bytes, locate: Locate = stay) -> None:
    """Refuse elements that are not read as they were written, as nothing in an answer tells them.

    A whole number is meant as it is; of a fraction a tensor's datatype says how it is rounded.

    Args:
        content: Some JSON, before it is parsed.
        locate: Tells where a place of it is in the whole body.

    Raises:
        BadField: There is one.
    """
    if not may_be_rounded(content) or not (may_be_lost(content) or has_long_whole(content)):
        return
    rounded = find_rounded(content, exact=False, locate=locate)
    elements = [(place, text) for place, text in rounded if "data" in place]
    refuse_lost(elements)
    for place, text in elements:
        if text.lstrip("-").isdecimal():
            raise BadField(
                "expected a whole number that float64 holds, as all do up to 2^53. "
                f"Received: {shorten_number(text)}. Send the nearest one that it holds, "
                f"{float(text):.0f}",
                field=write_path(place),
            )


def _read_length(context: RequestContext, received: int) -> int:
    """Return how many bytes of the body are JSON."""
    found = context.headers.get(_HEADER)
    if found is None:
        return received
    declared = found.decode("latin-1")
    # int() refuses thousands of digits in words of its own.
    if not declared.isdecimal() or len(declared) > 18 or int(declared) > received:
        raise BadField(
            f"expected how many bytes of the body's {received} are JSON. "
            f"Received: {shorten(declared)}. Send their number, or no such header",
            field=HEADER_LENGTH,
        )
    return int(declared)
