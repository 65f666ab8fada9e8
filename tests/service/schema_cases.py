"""Requests drawn from the OpenAPI description: valid, invalid, on the edge, in odd company."""

import math
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import requests
from hypothesis import strategies as st
from schemathesis import Case, CheckFunction, GenerationMode, Response
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.service.drawing import try_each

Operation = APIOperation[Any, Any, Any, Any]
Cases = st.SearchStrategy[Case[Any]]

DEADLINE_S = 60.0
_KNOWN = {"model": "mlp", "version": "1", "label": "stable", "path": "MODEL_CARD.md"}
_COMPANIES = 3  # in which each drawn request is sent once more
_BODY_WEIGHT = 5  # where a body is read there is more to get wrong

_CHARACTERS = [*range(0xD800), *range(0xE000, 0x110000)]  # all but surrogates
_VISIBLE = [chr(code) for code in (*range(0x21, 0x7F), *range(0xA1, 0x100))]
_NAMES = [
    "Accept", "Accept-Encoding", "Accept-Language", "Cookie", "If-None-Match", "Range", "Origin",
    "If-Modified-Since", "Referer", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto",
    "X-Request-ID", "traceparent", "X-HTTP-Method-Override", "Content-Language", "X-Model-Version",
]  # fmt: skip


@dataclass
class Tally:
    """What came back for one operation."""

    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def cases(self) -> int:
        """How many requests were sent and answered."""
        return self.statuses.total()


def share_cases(operations: list[Operation], total: int) -> list[int]:
    """Return how many of all requests each operation gets, `total` or a few more together."""
    weights = [_BODY_WEIGHT if operation.body else 1 for operation in operations]
    return [math.ceil(total * weight / sum(weights)) for weight in weights]


def find_edge_cases(schema: BaseSchema, operation: Operation) -> Iterable[Case[Any]]:
    """Return the same requests each time: every rule of the description, kept and broken."""
    return schema.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=schema.config.generation_for(operation=operation, phase="coverage"),
    )


def draw_cases(operation: Operation) -> Cases:
    """Return requests of one operation: to what there is and what there is not, valid and not."""
    names = {parameter.name for parameter in operation.path_parameters}
    known = {name: value for name, value in _KNOWN.items() if name in names}
    kinds = [operation.as_strategy(path_parameters=known or None)]
    if known:
        kinds.append(operation.as_strategy())
    if operation.body:
        negative = GenerationMode.NEGATIVE
        kinds.append(operation.as_strategy(negative))
        kinds.append(operation.as_strategy(negative, path_parameters=known or None))
    return st.one_of(kinds)


def _accompany(case: Case[Any], draw: random.Random) -> None:
    """Add a query and headers that nobody described: an answer may not hang on them.

    Hypothesis takes longer to draw a request than all others take to answer it.
    """
    texts = ("".join(map(chr, draw.choices(_CHARACTERS, k=draw.randrange(12)))) for _ in range(8))
    case.query = {**case.query, **dict(zip(texts, texts, strict=True))}
    described = {parameter.name for parameter in case.operation.headers}
    for name in draw.sample(_NAMES, draw.randrange(1, 7)):
        if name not in described:
            case.headers[name] = "".join(draw.choices(_VISIBLE, k=draw.randrange(30)))


def send_edge_cases(
    cases: Iterable[Case[Any]], url: str, *allowed: CheckFunction, key: str | None = None
) -> Tally:
    """Send requests and check every answer against the description.

    Args:
        cases: The requests.
        url: Where the service is.
        allowed: Checks that answers need not pass.
        key: The API key to bring.
    """
    tally = Tally()
    with requests.Session() as session:
        for case in cases:
            if key is not None:
                case.headers["X-API-Key"] = key
            tally.statuses[_send(case, url, session, *allowed).status_code] += 1
    return tally


def send_drawn_cases(operation: Operation, url: str, cases: int) -> Tally:
    """Send that many different requests of one operation and check every answer.

    Args:
        operation: What to ask.
        url: Where the service is.
        cases: How many requests. One in four is drawn; the others are these in odd company.
    """
    tally = Tally()
    with requests.Session() as session:

        def send(drawn: tuple[Case[Any], int]) -> None:
            case, company = drawn
            tally.statuses[_send(case, url, session).status_code] += 1
            query, headers = dict(case.query), case.headers.copy()
            for seed in range(company, company + _COMPANIES):
                case.query, case.headers = dict(query), headers.copy()
                _accompany(case, random.Random(seed))
                tally.statuses[_send(case, url, session).status_code] += 1

        drawn = st.tuples(draw_cases(operation), st.integers(0, 2**32))
        try_each(drawn, math.ceil(cases / (1 + _COMPANIES)), send)
    return tally


def _send(
    case: Case[Any], url: str, session: requests.Session, *allowed: CheckFunction
) -> Response:
    # A description cannot say that the model named exists or the divisor is not zero: what it
    # allows may still be refused, and the answer is checked all the same.
    return case.call_and_validate(
        base_url=url,
        session=session,
        timeout=DEADLINE_S,
        excluded_checks=[positive_data_acceptance, *allowed],
    )
