"""FastAPI with ONNX Runtime, as its tutorial writes a handler: models in, a model out."""

from typing import Literal

from fastapi import FastAPI
from network import Network
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


app = FastAPI()
network = Network()


@app.post("/predict")
async def predict(request: Request) -> Response:
    """Answer problems."""
    rows = request.instances
    answers = network.answer([r.a for r in rows], [r.op for r in rows], [r.b for r in rows])
    return Response(predictions=answers.tolist())
