"""Networks of TensorFlow that for some operand never end: their runs are ended as well."""

import threading
import time

import httpx
import numpy as np
import pytest

from service.errors import RunTimedOut
from service.runtimes.run_watch import RunWatch, is_running
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.lasting import TRAP
from tests.service.refusal import check_refusal
from tests.service.saved_models import export_saved_model
from tests.service.test_predict import Networks
from tests.service.tiny import check_answers, publish_tiny

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]


@pytest.fixture(scope="module")
def exported(networks: Networks, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """`mlp`, and `trap`, which for one operand never ends; both as SavedModel."""
    folder = tmp_path_factory.mktemp("exported")
    one = networks[1]
    store = Store(folder / "artifacts")
    for model, traps in {"mlp": (), "trap": (TRAP,)}.items():
        export_saved_model(one, folder / model, *traps)
        publish_tiny(store, folder / model, one, model)
    return store


def test_runs_that_never_end_are_each_ended(exported: Store) -> None:
    from service.runtimes.tensorflow import TensorflowRuntime  # noqa: PLC0415 -- TensorFlow

    watch = RunWatch(1.0)
    trap = TensorflowRuntime(exported.open("trap", 1), 1, watch)
    plain = TensorflowRuntime(exported.open("mlp", 1), 1, watch)
    assert (trap.steady, plain.steady) == (False, True)
    good = np.zeros((5, 6), np.float32)
    poison = good.copy()
    poison[3, 0] = TRAP / 5.75
    ended: list[str] = []

    def ask() -> None:
        with pytest.raises(RunTimedOut, match="within 1 s"):
            trap.predict(poison)
        ended.append("ended")

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    answers = 0
    while any(thread.is_alive() for thread in asking):
        np.testing.assert_array_equal(plain.predict(good), trap.predict(good))
        answers += 1
    assert len(ended) == 3
    assert answers  # while others ran: how many depends on the machine
    assert not is_running()


def test_service_answers_beside_a_run_that_never_ends(
    start_server: StartServer, exported: Store, networks: Networks
) -> None:
    server = start_server(exported.location, runtime="tensorflow", run_timeout_s=2)
    server.wait_ready(timeout_s=240)
    server.wait_for_version(1, "trap")
    good = {"a": [3.5], "op": "+", "b": [4.25]}
    statuses: list[httpx.Response] = []

    def ask() -> None:
        poison = {"a": [TRAP], "op": "+", "b": [1.0], "model": "trap"}
        statuses.append(httpx.post(f"{server.url}/predict", json=poison))

    asking = threading.Thread(target=ask)
    asking.start()
    while asking.is_alive():
        answer = httpx.post(f"{server.url}/predict", json=good)
        check_answers(answer.json()["predictions"], networks[1].forward([(3.5, "+", 4.25)]))
        time.sleep(0.05)
    check_refusal(statuses[0], 504, "run_timed_out", None)
    assert server.stop() == 0
