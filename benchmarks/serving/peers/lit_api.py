"""LitServe: an API class, run by a server with one worker."""

import sys
from typing import Any

import litserve as ls
from network import Network
from numpy.typing import NDArray


class Mlp(ls.LitAPI):
    """Problems to answers."""

    def setup(self, device: str) -> None:  # noqa: ARG002 -- there is but the processor
        """Load the network."""
        self.network = Network()

    def decode_request(self, request: dict[str, Any]) -> NDArray[Any]:
        """Return the features of the problems in a request."""
        rows = request["instances"]
        return self.network.encoder.encode(
            [row["a"] for row in rows], [row["op"] for row in rows], [row["b"] for row in rows]
        )

    def predict(self, features: NDArray[Any]) -> NDArray[Any]:
        """Return the answers."""
        return self.network.run(features)

    def encode_response(self, predictions: NDArray[Any]) -> dict[str, list[float]]:
        """Return the body of an answer."""
        return {"predictions": predictions.tolist()}


if __name__ == "__main__":
    server = ls.LitServer(Mlp(), accelerator="cpu", workers_per_device=1, fast_queue=True)
    server.run(
        host="127.0.0.1",
        port=int(sys.argv[1]),
        num_api_servers=1,
        log_level="warning",
        generate_client_file=False,
    )
