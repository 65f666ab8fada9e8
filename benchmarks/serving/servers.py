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
_UVICORN = ("--host", "127.0.0.1", "--port", "{port}", "--no-access-log", "--log-level", "warning")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is compared.

    Attributes:
        name: What options and results call it.
        title: What the table calls it.
        command: What follows `python`; `{port}` and `{port_1}`, `{port_2}` are free ones.
        wording: How it is asked.
        libraries: Those whose versions are told, itself first.
        require: Returns what is installed; nothing stands for the environment that runs this.
        environment: Variables, with the same places for ports.
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
    return ("-m", "uvicorn", application, *_UVICORN, *options)


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
        ("-m", "service"),
        ROWS,
        ("fastapi", "uvicorn", "onnxruntime"),
        environment={"TABUADA_PORT": "{port}", "TABUADA_DEFAULT_MODEL": "mlp"},
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
)

TENSORS = Wording("/v2/models/mlp/infer", ask_tensors, read_output)
COLUMNS = Wording("/v2/models/mlp/infer", lambda q: ask_tensors(q, 1), read_output)
