"""What every runtime does, and the choice of one."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal, Protocol

from tabuada.features import Features
from tabuada.operations import Floats
from tabuada.store import Artifact

RuntimeName = Literal["onnx", "tensorflow"]


class Runtime(Protocol):
    """One loaded network. Safe to call from several threads at a time.

    Attributes:
        platform: What the Open Inference Protocol calls it.
    """

    platform: str

    def predict(self, features: Features) -> Floats:
        """Run the network.

        Args:
            features: Shape (n, f), of the network's dtype.

        Returns:
            Shape (n,), float64; whatever the network gave, finite or not.
        """


OpenRuntime = Callable[[Artifact], Runtime]


def choose_runtime(name: Literal["onnx", "tensorflow", "auto"]) -> RuntimeName:
    """Settle which runtime to use on this machine.

    Args:
        name: `auto` takes TensorFlow where it is installed and sees a GPU, else ONNX Runtime.
    """
    if name != "auto":
        return name
    if find_spec("tensorflow") is None:
        return "onnx"
    from service.runtimes.tensorflow import sees_gpu  # noqa: PLC0415 -- imports TensorFlow

    return "tensorflow" if sees_gpu() else "onnx"


def prepare_runtime(name: RuntimeName, threads: int) -> OpenRuntime:
    """Return what opens an artifact's network in the runtime of that name.

    Args:
        name: The runtime.
        threads: Threads that one prediction may use; on a GPU it does not matter.
    """
    if name == "onnx":
        from service.runtimes.onnx import OnnxRuntime  # noqa: PLC0415 -- only what is used

        return lambda artifact: OnnxRuntime(artifact, threads)
    from service.runtimes.tensorflow import TensorflowRuntime  # noqa: PLC0415 -- 17 s, 740 MB

    return TensorflowRuntime
