"""What every runtime does, and the choice of one."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal, Protocol

from service.errors import BadSetting
from service.runtimes.run_watch import DEFAULT_TIMEOUT_S, RunWatch
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats
from tabuada.artifacts.artifact import Artifact

RuntimeName = Literal["onnx", "tensorflow"]


class Runtime(Protocol):
    """One loaded network. Safe to call from several threads at a time.

    Attributes:
        platform: What the Open Inference Protocol calls it.
        steady: How long a run takes depends on how many rows there are, not on what they hold.
        blocks_loop: Whether a run takes too long for the event loop to wait for it, or may.
    """

    platform: str
    steady: bool
    blocks_loop: bool

    def predict(self, features: Features) -> Floats:
        """Run the network.

        Args:
            features: Shape (n, f), of the network's dtype.

        Returns:
            Shape (n,), float64; whatever the network gave, finite or not.

        Raises:
            RunTimedOut: It took too long.
        """


OpenRuntime = Callable[[Artifact], Runtime]


def check_runtime(name: Literal["onnx", "tensorflow", "auto"], *, require_gpu: bool) -> None:
    """Refuse what this machine cannot do, before anything is served.

    Takes as long as the import of TensorFlow where a GPU is required, else next to nothing.

    Args:
        name: The runtime asked for.
        require_gpu: Whether to refuse a machine without a GPU.

    Raises:
        BadSetting: TensorFlow or the GPU is missing.
    """
    if (name == "tensorflow" or require_gpu) and find_spec("tensorflow") is None:
        raise BadSetting(
            "expected TensorFlow to be installed. Received: none. Install "
            "requirements/serve-gpu.txt, or set TABUADA_RUNTIME=onnx without TABUADA_REQUIRE_GPU"
        )
    if require_gpu:
        from service.runtimes.tensorflow import sees_gpu  # noqa: PLC0415 -- imports TensorFlow

        if not sees_gpu():
            raise BadSetting(
                "expected a GPU that TensorFlow sees. Received: none. Check the driver and "
                "nvidia-container-toolkit, or unset TABUADA_REQUIRE_GPU"
            )


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


def prepare_runtime(
    name: RuntimeName, threads: int, run_timeout_s: float = DEFAULT_TIMEOUT_S
) -> OpenRuntime:
    """Return what opens an artifact's network in the runtime of that name.

    Args:
        name: The runtime.
        threads: Threads that one prediction may use on a CPU.
        run_timeout_s: Seconds after which a run is ended.
    """
    watch = RunWatch(run_timeout_s)
    if name == "onnx":
        # It tells its maker of its use, over the network and by way of the temporary folder, where
        # nobody says otherwise before it is loaded.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        from service.runtimes.onnx import OnnxRuntime  # noqa: PLC0415 -- only what is used

        return lambda artifact: OnnxRuntime(artifact, threads, watch)
    from service.runtimes.tensorflow import TensorflowRuntime  # noqa: PLC0415 -- 17 s, 740 MB

    return lambda artifact: TensorflowRuntime(artifact, threads, watch)
