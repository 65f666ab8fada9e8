"""FastAPI with the Keras model and `model.predict`, as tutorials that serve Keras write it."""

from typing import Literal

import keras
from fastapi import FastAPI
from network import FOLDER, Encoder
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
encoder = Encoder()
model = keras.models.load_model(FOLDER / "model.keras")


@app.post("/predict")
async def predict(request: Request) -> Response:
    """Answer problems."""
    rows = request.instances
    features = encoder.encode([r.a for r in rows], [r.op for r in rows], [r.b for r in rows])
    return Response(predictions=model.predict(features, verbose=0)[:, 0].tolist())
