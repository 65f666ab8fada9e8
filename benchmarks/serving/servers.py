"""Every server that is compared: what it needs, how it is started and how it is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving.environments import pin_as_here
from benchmarks.serving.questions import (
    Wording,
    ask_instances,
    ask_tensors,
    read_output,
    read_predictions,
)

PEERS = Path(__file__).parent / "peers"
ROOT = Path(__file__).parents[2]
ROWS = Wording("/predict", ask_instances, read_predictions)
TENSORS = Wording("/v2/models/mlp/infer", ask_tensors, read_output)
COLUMNS = Wording("/v2/models/mlp/infer", lambda question: ask_tensors(question, 1), read_output)
_UVICORN = ("--host", "127.0.0.1", "--port", "{port}", "--no-access-log", "--log-level", "warning")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is compared.

    Attributes:
        name: What options and results call it.
        title: What the table calls it.
        command: A program of its environment and what follows; `{port}`, `{port_1}` and `{port_2}`
            are free ones, `{scratch}` is a folder of its own.
        wording: How it is asked.
        libraries: Those whose versions are told, itself first.
        require: Returns what is installed; nothing stands for the environment that runs this.
        environment: Variables, with the same places.
        folder: Where it is started.
        shared_libpython: Whether it needs a Python that programs can link to.
        note: What is set and why.
    """

    name: str
    title: str
    command: tuple[str, ...]
    wording: Wording
    libraries: tuple[str, ...]
    require: Callable[[], tuple[str, ...]] = tuple
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = PEERS
    shared_libpython: bool = False
    note: str = ""


def _uvicorn(application: str, *options: str) -> tuple[str, ...]:
    return ("uvicorn", application, *_UVICORN, *options)


def _pin(*server: str, here: tuple[str, ...] = ()) -> Callable[[], tuple[str, ...]]:
    """Pin a server, and beside it the very NumPy and ONNX Runtime that this service runs on."""
    return lambda: (*server, *pin_as_here("numpy", "onnxruntime", *here))


_WEB = ("uvicorn", "httptools", "uvloop")

SERVERS = (
    Server(
        "floor",
        "bare ASGI application",
        _uvicorn("floor:app", "--no-server-header", "--lifespan", "off"),
        ROWS,
        ("uvicorn", "msgspec", "onnxruntime"),
        _pin("msgspec==0.22.0", here=_WEB),
        note="decodes, infers and encodes by hand: the floor",
    ),
    Server(
        "ours",
        "this service",
        ("python", "-m", "service"),
        ROWS,
        ("fastapi", "uvicorn", "onnxruntime"),
        environment={"TABUADA_PORT": "{port}"},
        folder=ROOT,
        note="every other setting at its default",
    ),
    Server(
        "fastapi",
        "FastAPI, ONNX Runtime",
        _uvicorn("plain_fastapi:app"),
        ROWS,
        ("fastapi", "uvicorn", "onnxruntime"),
        _pin(here=("fastapi", "pydantic", *_WEB)),
        note="async handler with models; no access log",
    ),
    Server(
        "keras",
        "FastAPI, `model.predict`",
        _uvicorn("keras_predict:app"),
        ROWS,
        ("fastapi", "keras", "tensorflow_cpu", "tensorflow"),
        environment={"TF_CPP_MIN_LOG_LEVEL": "2"},
        note="the same network as a Keras model; no access log",
    ),
    Server(
        "litserve",
        "LitServe",
        ("python", "lit_api.py", "{port}"),
        ROWS,
        ("litserve", "onnxruntime"),
        _pin("litserve==0.2.19"),
        note="one worker, one API server, fast_queue",
    ),
    Server(
        "bentoml",
        "BentoML",
        ("bentoml", "serve", "bento_service:Mlp", "--host", "127.0.0.1", "--port", "{port}"),
        ROWS,
        ("bentoml", "onnxruntime"),
        _pin("bentoml==1.4.39"),
        environment={"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": "{scratch}/bentoml"},
        note="async API, one worker, no access log",
    ),
    Server(
        "ray",
        "Ray Serve",
        ("python", "ray_deployment.py", "{port}"),
        ROWS,
        ("ray", "onnxruntime"),
        _pin("ray[serve]==2.60.0"),
        environment={"RAY_TMPDIR": "{scratch}", "RAY_USAGE_STATS_ENABLED": "0"},
        note="one replica, no access log; RAY_SERVE_THROUGHPUT_OPTIMIZED was slower on two cores",
    ),
    Server(
        "mlserver",
        "MLServer",
        ("mlserver", "start", "mlserver_model"),
        TENSORS,
        ("mlserver", "onnxruntime"),
        _pin("mlserver==1.7.1"),
        environment={
            "MLSERVER_HTTP_PORT": "{port}",
            "MLSERVER_GRPC_PORT": "{port_1}",
            "MLSERVER_METRICS_PORT": "{port_2}",
            "MLSERVER_METRICS_DIR": "{scratch}",
        },
        note="custom runtime in the server's own process (parallel_workers 0), debug off",
    ),
    Server(
        "kserve",
        "KServe",
        ("python", "kserve_model.py", "{port}"),
        TENSORS,
        ("kserve", "onnxruntime"),
        _pin("kserve==0.21.0"),
        note="custom model, one worker, no gRPC, no log a request",
    ),
    Server(
        "triton",
        "Triton (PyTriton)",
        ("python", "triton_model.py", "{port}", "{port_1}", "{port_2}", "{scratch}/triton"),
        COLUMNS,
        ("nvidia-pytriton", "onnxruntime"),
        lambda: ("nvidia-pytriton==0.7.0", "numpy==1.26.4", *pin_as_here("onnxruntime")),
        shared_libpython=True,
        note="one worker, dynamic batching without delay up to 128 rows",
    ),
)
