"""MLServer: a custom inference runtime, served by `mlserver start` with its model's settings."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse
from network import Network


class Mlp(MLModel):
    """Problems to answers."""

    async def load(self) -> bool:
        """Load the network."""
        self.network = Network()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Answer problems."""
        a, op, b = payload.inputs
        answers = self.network.answer(
            NumpyCodec.decode_input(a), StringCodec.decode_input(op), NumpyCodec.decode_input(b)
        )
        return InferenceResponse(
            model_name=self.name,
            model_version=self.version,
            outputs=[NumpyCodec.encode_output("prediction", answers)],
        )
