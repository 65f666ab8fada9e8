"""FastAPI with ONNX Runtime, as its tutorial writes a handler: models in, a model out."""

from fastapi import FastAPI
from messages import Request, Response
from network import Network

app = FastAPI()
network = Network()


@app.post("/predict")
async def predict(request: Request) -> Response:
    """Answer problems."""
    rows = request.instances
    answers = network.answer([r.a for r in rows], [r.op for r in rows], [r.b for r in rows])
    return Response(predictions=answers.tolist())
