"""BentoML: a service class with one API, served by `bentoml serve`."""

from typing import Literal

import bentoml
from network import Network
from pydantic import BaseModel


class Problem(BaseModel):
    """One row."""

    a: float
    op: Literal["+", "-", "*", "/"]
    b: float


class Response(BaseModel):
    """The body of an answer."""

    predictions: list[float]


@bentoml.service(workers=1, logging={"access": {"enabled": False}})
class Mlp:
    """Problems to answers."""

    def __init__(self) -> None:
        self.network = Network()

    @bentoml.api
    async def predict(self, instances: list[Problem]) -> Response:
        """Answer problems."""
        answers = self.network.answer(
            [row.a for row in instances],
            [row.op for row in instances],
            [row.b for row in instances],
        )
        return Response(predictions=answers.tolist())
