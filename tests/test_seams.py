"""The parts of libraries that none of them promises, and that we lean on all the same.

An upgrade that moves one fails here, under its name, with where it is used and what to do. What is
on this list and no longer used fails as well, and so does what is used and not on it.
"""

import asyncio
import inspect
import re
import socket
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.foreign_names import ROOT, find_private_names, find_uses

# TensorFlow is set up once a process, before its first computation: as the trainer has it.
pytestmark = pytest.mark.usefixtures("one_thread")

# Under a private name, and documented all the same.
DOCUMENTED = {"_exit", "_replace", "_thread"}
PRIVATE = {
    *("_save_trial", "_check_consecutive_failures", "_max_collisions", "_duplicate"),
    *("_random_values", "_random_populate_space", "_random_trial", "_brackets", "_get_size"),
    *("_get_epochs", "_get_num_brackets", "_private", "_start_asgi_task", "_loop"),
    *("_velocities", "_accumulators", "_momentums", "_u_product"),
}

Holds = Callable[[Any], object]


def check(part: str, found: object, what: str) -> None:
    """Fail by the name of a part of a library.

    Args:
        part: The library and the part, whose last piece our sources say.
        found: Whether it is as we know it.
        what: What we take it for.
    """
    library, _, name = part.partition(": ")
    uses = find_uses(library, name.rpartition(".")[2])
    assert uses, f"{part} is no longer used: take it off this list"
    assert found, (
        f"expected {part}, {what}. Received: another or none. Read the library's source anew, then "
        f"mend what leans on it: {', '.join(uses[:9])}"
    )


@pytest.fixture(scope="module")
def uvicorn_parts() -> SimpleNamespace:
    """Uvicorn's parts, after real requests."""
    from tests.uvicorn_parts import ask_uvicorn  # noqa: PLC0415 -- each library by its own tests

    return ask_uvicorn()


def has(kind: type) -> Holds:
    """Return what looks whether a part is of a type."""
    return lambda part: isinstance(part, kind)


def takes(*names: str) -> Holds:
    """Return what looks whether a part is a function with these arguments."""
    return lambda part: [*inspect.signature(part).parameters] == list(names)


UVICORN: dict[str, tuple[Holds, str]] = {
    "protocol.parser": (lambda part: callable(part.feed_data), "what reads requests"),
    "protocol.pipeline": (has(deque), "requests that wait, newest first"),
    "protocol.url": (has(bytes), "the address of the request that arrives"),
    "protocol.headers": (has(list), "its headers, as pairs of bytes"),
    "protocol.scope": (has(dict), "its scope, made before its task is started"),
    "protocol.client": (has(tuple), "who asks"),
    "protocol.expect_100_continue": (has(bool), "whether the client waits for 100 Continue"),
    "protocol.on_header": (takes("name", "value"), "called with each header, and each trailer"),
    "protocol.on_body": (takes("body"), "called with each part of a body"),
    "protocol.eof_received": (takes(), "called as the client says nothing more"),
    "protocol.on_message_begin": (takes(), "called as a request begins"),
    "protocol.on_headers_complete": (takes(), "called as its headers are there"),
    "protocol.on_message_complete": (takes(), "called as it is there"),
    "protocol.on_response_complete": (takes(), "called as it is answered"),
    "protocol._start_asgi_task": (takes("cycle", "app"), "begins to answer"),
    "flow.read_paused": (has(bool), "whether no more of the body is read"),
    "flow.resume_reading": (takes(), "reads on"),
    "flow.pause_reading": (takes(), "reads no more for now"),
    "cycle.body": (has(bytearray), "what came of the body and nobody took"),
    "cycle.more_body": (has(bool), "whether more of it comes"),
    "cycle.message_event": (has(asyncio.Event), "wakes up who waits for the body"),
    "cycle.disconnected": (has(bool), "whether the client is gone"),
    "cycle.response_started": (has(bool), "whether its answer has begun"),
    "cycle.response_complete": (has(bool), "whether it is answered"),
    "cycle.keep_alive": (has(bool), "whether the connection stays"),
    "state.total_requests": (has(int), "how many were answered"),
    "state.connections": (has(set), "the open connections"),
    "state.tasks": (has(set), "what is being answered"),
    "state.default_headers": (has(list), "headers of every answer"),
    "server.startup": (takes("sockets"), "starts the application, and listens"),
    "server.shutdown": (takes("sockets"), "ends connections and the application"),
    "server.on_tick": (takes("counter"), "asked ten times a second whether to stop"),
    "server.handle_exit": (takes("sig", "frame"), "takes signals"),
    "server.should_exit": (has(bool), "whether it was told to stop"),
    "server.lifespan": (lambda part: callable(part.shutdown), "the application's life"),
}


@pytest.mark.parametrize("part", UVICORN)
def test_uvicorn_still_has(part: str, uvicorn_parts: SimpleNamespace) -> None:
    of, _, name = part.partition(".")
    holds, what = UVICORN[part]
    found = getattr(getattr(uvicorn_parts, of), name, None)
    check(f"uvicorn: {part}", found is not None and holds(found), what)


def test_uvicorn_still_begins_and_ends_requests_as_we_know_it(
    uvicorn_parts: SimpleNamespace,
) -> None:
    from uvicorn.protocols.http.httptools_impl import (  # noqa: PLC0415
        STATUS_LINE,
        RequestResponseCycle,
    )

    seen = uvicorn_parts
    known = STATUS_LINE[200] == b"HTTP/1.1 200 OK\r\n"
    check("uvicorn: STATUS_LINE", known, "an answer's first line, by status")
    from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT  # noqa: PLC0415
    from uvicorn.protocols.utils import get_remote_addr  # noqa: PLC0415

    check("uvicorn: HIGH_WATER_LIMIT", has(int)(HIGH_WATER_LIMIT), "bytes that wait to be read")
    check("uvicorn: get_remote_addr", takes("transport")(get_remote_addr), "who asks")
    # Whoever is not first waits, and goes through the same door; both tell the connection.
    through = [type(cycle) for cycle, _ in seen.started] == [RequestResponseCycle] * 2
    check("uvicorn: RequestResponseCycle", through, "a request, begun by _start_asgi_task")
    told = [told for _, told in seen.started] == [True, True] and seen.state.total_requests == 2
    check("uvicorn: on_response_complete", told, "told of each answer by cycle.on_response")
    assert seen.started[1][0] is seen.cycle
    assert len(seen.connected) == 1
    assert not seen.state.connections


@pytest.fixture
def settings() -> dict[str, Any]:
    """What every oracle of Keras Tuner's is told."""
    import keras_tuner  # noqa: PLC0415

    space = keras_tuner.HyperParameters()
    space.Float("x", 0.0, 1.0)
    return {"objective": keras_tuner.Objective("val_mae", "min"), "hyperparameters": space}


def of_keras_tuner(test: Callable[..., None]) -> Callable[..., None]:
    """Let a test call it, which asks for threads by names that Python is to remove."""
    for old in ("currentThread", "getName"):
        test = pytest.mark.filterwarnings(f"ignore:{old}:DeprecationWarning")(test)
    return test


@of_keras_tuner
@pytest.mark.parametrize("name", ["save", "_save_trial", "_check_consecutive_failures"])
def test_keras_tuner_still_calls(name: str, settings: dict[str, Any]) -> None:
    import keras_tuner  # noqa: PLC0415

    oracle = keras_tuner.oracles.RandomSearchOracle(max_trials=3, **settings)
    called = []
    for replaced in ("save", "_save_trial", "_check_consecutive_failures"):
        setattr(oracle, replaced, lambda *_, replaced=replaced: called.append(replaced))
    trial = oracle.create_trial("worker")
    trial.status, trial.message = "FAILED", "for a reason"
    oracle.end_trial(trial)
    what = "which is replaced, so that the search's log alone is written"
    check(f"keras_tuner: Oracle.{name}", name in called, what)


def test_keras_tuner_still_tells_the_state_of_a_trial() -> None:
    from keras_tuner.engine import trial  # noqa: PLC0415

    names = ("RUNNING", "STOPPED", "COMPLETED", "FAILED")
    known = all(getattr(trial.TrialStatus, name) == name for name in names)
    check("keras_tuner: TrialStatus", known, "the states of a trial")


@of_keras_tuner
def test_keras_tuner_still_hands_over_epochs_as_hyperparameters(settings: dict[str, Any]) -> None:
    import keras_tuner  # noqa: PLC0415

    oracle = keras_tuner.oracles.HyperbandOracle(max_epochs=10, **settings)
    oracle.save = oracle._save_trial = lambda *_: None
    proposed = oracle.create_trial("worker").hyperparameters.values
    for name in ("tuner/epochs", "tuner/initial_epoch"):
        check(f"keras_tuner: {name}", isinstance(proposed.get(name), int), "of Hyperband")


def test_ray_still_finds_a_cluster_by_its_address() -> None:
    from ray._private import services  # noqa: PLC0415

    find = getattr(services, "canonicalize_bootstrap_address", lambda _: None)
    found = find("192.0.2.1:6379") == "192.0.2.1:6379"
    check("ray: services.canonicalize_bootstrap_address", found, "for `auto`, too")


def test_obstore_still_tells_errors_in_parts_that_can_be_cut() -> None:
    from obstore.store import S3Store  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"http://127.0.0.1:{server.getsockname()[1]}"
    store = S3Store("bucket", endpoint=endpoint, access_key_id="a", secret_access_key="b",
                    region="r", client_options={"allow_http": True},
                    retry_config={"max_retries": 0})  # fmt: skip
    with pytest.raises(Exception, match="Error performing") as caught:
        store.head("key")
    text = " ".join(str(caught.value).split())
    known = re.search(r" in [0-9.]+[nµm]?s\b.* Debug source:", text)
    check("obstore: Debug source:", known, "where an error's text has its pages for developers")


def test_pydantic_still_tells_where_a_text_stops_being_json() -> None:
    from pydantic_core import from_json  # noqa: PLC0415

    told = []
    for text in (b"[1,\n 2 3]", b"[1"):
        with pytest.raises(ValueError, match="line") as caught:
            from_json(text)
        told.append(str(caught.value))
    check("pydantic_core: line", " at line 2 column 4" in told[0], "a place, in an error's text")
    check("pydantic_core: EOF", "EOF" in told[1], "a text that ends too early")


def test_keras_still_fits_by_the_function_it_is_given() -> None:
    import keras  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    network.compile(loss="mse", metrics=["mae"])
    network.optimizer.build(network.trainable_variables)
    network.compute_metrics(None, np.zeros((1, 1)), np.zeros((1, 1)))
    built = {"loss", "mae"} <= set(network.get_metrics_result())
    check(
        "keras: Model.compute_metrics", built, "which makes the metrics' variables before a graph"
    )
    network.train_function = lambda _: {"loss": 7.0, "val_mae": 3.0}
    told = network.fit(np.zeros((1, 1)), np.zeros((1, 1)), verbose=0).history
    check(
        "keras: Model.train_function", told == {"loss": [7.0], "val_mae": [3.0]}, "what `fit` runs"
    )


def test_tensorflow_still_tells_of_graphs_and_of_matrices_without_a_factor() -> None:
    import tensorflow as tf  # noqa: PLC0415

    network = tf.saved_model.load(str(ROOT / "artifacts" / "mlp" / "1" / "model.savedmodel"))
    ((spec,), _) = network.serve.concrete_functions[0].structured_input_signature
    check(
        "tensorflow: structured_input_signature", spec.shape.rank == 2, "the shape of what goes in"
    )
    factor = tf.linalg.cholesky(tf.constant([[1.0, 2.0], [2.0, 1.0]], tf.float64))
    found = bool(tf.reduce_any(tf.math.is_nan(factor)))
    check("tensorflow: linalg.cholesky", found, "NaN, and no error, where a matrix has no factor")
    traced = tf.function(lambda x: x, autograph=False)
    traced.get_concrete_function(tf.TensorSpec((1,)))
    check(
        "tensorflow: experimental_get_tracing_count",
        traced.experimental_get_tracing_count() == 1,
        "graphs",
    )


def test_fastapi_still_makes_routes_that_can_be_taken_over() -> None:
    from fastapi import FastAPI  # noqa: PLC0415
    from fastapi.routing import APIRoute  # noqa: PLC0415

    taken: list[tuple[Any, Any]] = []

    class Route(APIRoute):
        async def handle(self, scope: Any, receive: Any, send: Any) -> None:
            del receive, send
            taken.append((self, scope["path_params"]))

    async def endpoint() -> None:
        """Answer nothing."""

    app = FastAPI()
    app.router.add_api_route(
        "/models/{name}", endpoint, methods=["POST"], route_class_override=Route
    )
    scope = {"type": "http", "method": "POST", "path": "/models/mlp", "headers": []}
    unused: Any = None
    asyncio.run(app({**scope, "query_string": b""}, unused, unused))
    ((route, parameters),) = taken
    matched = route.path_regex.match("/models/mlp")
    check("fastapi: APIRoute.handle", parameters == {"name": "mlp"}, "what answers a request")
    check("fastapi: APIRoute.path_regex", matched.groupdict() == parameters, "its path")
    check("fastapi: APIRoute.param_convertors", {*route.param_convertors} == {"name"}, "parameters")
    check("fastapi: APIRoute.endpoint", route.endpoint is endpoint, "the function it was made of")


def test_no_other_private_name_of_a_library_is_used() -> None:
    others = [(n, place) for n, place in find_private_names() if n not in PRIVATE | DOCUMENTED]
    assert others == [], "put it on the list above, with a test that it is as we know it"
