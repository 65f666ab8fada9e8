"""Ray Serve: a deployment with one replica behind the HTTP proxy."""

import os
import sys

import ray
from network import Network
from ray import serve
from starlette.requests import Request


@serve.deployment(num_replicas=1, max_ongoing_requests=100)
class Mlp:
    """Problems to answers."""

    def __init__(self) -> None:
        self.network = Network()

    async def __call__(self, request: Request) -> dict[str, list[float]]:
        """Answer problems."""
        rows = (await request.json())["instances"]
        answers = self.network.answer(
            [row["a"] for row in rows], [row["op"] for row in rows], [row["b"] for row in rows]
        )
        return {"predictions": answers.tolist()}


if __name__ == "__main__":
    ray.init(include_dashboard=False, _temp_dir=os.environ["RAY_TMPDIR"])
    serve.start(
        http_options={"host": "127.0.0.1", "port": int(sys.argv[1])},
        logging_config={"enable_access_log": False},
    )
    application = Mlp.bind()  # type: ignore[attr-defined]  # the decorator's doing
    serve.run(application, route_prefix="/predict", blocking=True)
