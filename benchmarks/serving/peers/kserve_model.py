"""KServe: a custom model in its model server."""

import logging
import sys

from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer
from kserve.utils.utils import generate_uuid
from network import Network


class Mlp(Model):
    """Problems to answers."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.load()

    def load(self) -> bool:
        """Load the network."""
        self.network = Network()
        self.ready = True
        return self.ready

    async def predict(
        self,
        payload: InferRequest,
        headers: dict[str, str] | None = None,  # noqa: ARG002 -- given whether wanted or not
    ) -> InferResponse:
        """Answer problems."""
        a, op, b = payload.inputs
        answers = self.network.answer(a.as_numpy(), op.data, b.as_numpy())
        output = InferOutput(
            name="prediction", shape=list(answers.shape), datatype="FP32", data=answers.tolist()
        )
        return InferResponse(
            response_id=generate_uuid(), model_name=self.name, infer_outputs=[output]
        )


if __name__ == "__main__":
    server = ModelServer(
        http_port=int(sys.argv[1]), workers=1, enable_grpc=False, enable_latency_logging=False
    )
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    logging.getLogger("kserve.trace").setLevel(logging.WARNING)
    server.start([Mlp("mlp")])
