"""FastAPI with the Keras model and `model.predict`, as tutorials that serve Keras write it."""

import keras
from fastapi import FastAPI
from messages import Request, Response
from network import FOLDER, Encoder

app = FastAPI()
encoder = Encoder()
model = keras.models.load_model(FOLDER / "model.keras")


@app.post("/predict")
async def predict(request: Request) -> Response:
    """Answer problems."""
    rows = request.instances
    features = encoder.encode([r.a for r in rows], [r.op for r in rows], [r.b for r in rows])
    return Response(predictions=model.predict(features, verbose=0)[:, 0].tolist())
