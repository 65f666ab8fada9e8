"""Asks a running service, from synchronous and from asynchronous programs.

    from tabuada.client import Client

    with Client("http://localhost:8000") as client:
        answer = client.predict(["4.93 + 4.02", "6,3 ÷ -0,6"], model="mlp", exact=True)

Needs httpx, which the extra `client` brings; the rest of `tabuada` does not.
"""

from tabuada.client.answers import Evaluation, ModelSummary, Predictions, Readiness
from tabuada.client.asynchronous import AsyncClient
from tabuada.client.errors import (
    BadArgument,
    ClientError,
    DeadlineExceeded,
    NotUnderstood,
    Refused,
    Unavailable,
    Unreachable,
)
from tabuada.client.questions import Columns, Labelled, Question, Row, Sample
from tabuada.client.synchronous import Client

__all__ = [
    "AsyncClient",
    "BadArgument",
    "Client",
    "ClientError",
    "Columns",
    "DeadlineExceeded",
    "Evaluation",
    "Labelled",
    "ModelSummary",
    "NotUnderstood",
    "Predictions",
    "Question",
    "Readiness",
    "Refused",
    "Row",
    "Sample",
    "Unavailable",
    "Unreachable",
]
