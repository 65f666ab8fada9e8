"""The floor: an ASGI application by hand that decodes, infers and encodes, and nothing else.

It validates no more than its decoder does, knows one model, and counts and logs nothing.
"""

from typing import Any, Literal

import msgspec
import numpy as np
from network import POSITIONS, Network


class Problem(msgspec.Struct, gc=False):
    """One row."""

    a: float
    op: Literal["+", "-", "*", "/"]
    b: float


class Request(msgspec.Struct, gc=False):
    """The body of a request."""

    instances: list[Problem]


network = Network()
decode = msgspec.json.Decoder(Request).decode
encode = msgspec.json.Encoder().encode
MEAN_A, MEAN_B = network.encoder.mean
SCALE_A, SCALE_B = network.encoder.scale
ONE_HOT = {sign: tuple(float(place == i) for i in range(4)) for sign, place in POSITIONS.items()}
JSON = (b"content-type", b"application/json")


def answer(body: bytes) -> bytes:
    """Answer one request."""
    features: list[float] = []
    for row in decode(body).instances:
        features += ((row.a - MEAN_A) / SCALE_A, (row.b - MEAN_B) / SCALE_B, *ONE_HOT[row.op])
    predictions = network.run(np.array(features, np.float32).reshape(-1, 6))
    return encode({"predictions": predictions.tolist()})


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer `POST /predict`, or whatever else is asked."""
    if scope["type"] != "http":
        return
    message = await receive()
    body = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    try:
        status, content = 200, answer(body)
    except msgspec.DecodeError as error:
        status, content = 422, encode({"error": str(error)})
    length = (b"content-length", str(len(content)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [JSON, length]})
    await send({"type": "http.response.body", "body": content})
