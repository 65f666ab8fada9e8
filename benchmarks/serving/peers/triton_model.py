"""Triton Inference Server, started and fed by PyTriton: a Python function behind its HTTP front."""

import sys

import numpy as np
from network import Network
from numpy.typing import NDArray
from pytriton.decorators import batch
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

network = Network()


@batch
def infer(
    a: NDArray[np.float64], op: NDArray[np.bytes_], b: NDArray[np.float64]
) -> list[NDArray[np.float32]]:
    """Answer problems, each argument of shape (n, 1)."""
    signs = [sign.decode() for sign in op[:, 0].tolist()]
    return [network.answer(a[:, 0], signs, b[:, 0])[:, None]]


if __name__ == "__main__":
    http_port, grpc_port, metrics_port = map(int, sys.argv[1:4])
    config = TritonConfig(
        http_address="127.0.0.1",
        http_port=http_port,
        grpc_address="127.0.0.1",
        grpc_port=grpc_port,
        metrics_port=metrics_port,
    )
    with Triton(config=config, workspace=sys.argv[4]) as triton:
        triton.bind(
            model_name="mlp",
            infer_func=infer,
            inputs=[
                Tensor(name="a", dtype=np.float64, shape=(1,)),
                Tensor(name="op", dtype=np.bytes_, shape=(1,)),
                Tensor(name="b", dtype=np.float64, shape=(1,)),
            ],
            outputs=[Tensor(name="prediction", dtype=np.float32, shape=(1,))],
            config=ModelConfig(max_batch_size=128),
        )
        triton.serve()
