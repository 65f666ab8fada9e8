"""What the two servers on FastAPI read and answer."""

from typing import Literal

from pydantic import BaseModel


class Problem(BaseModel):
    """One row."""

    a: float
    op: Literal["+", "-", "*", "/"]
    b: float


class Request(BaseModel):
    """The body of a request."""

    instances: list[Problem]


class Response(BaseModel):
    """The body of an answer."""

    predictions: list[float]
