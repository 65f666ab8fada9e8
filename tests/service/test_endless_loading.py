"""Versions whose networks never end, not even at loading: refused in time, and ended."""

import signal
import time
from pathlib import Path

import numpy as np
import pytest
from onnx import helper, numpy_helper

from service.runtimes.run_watch import is_running
from service.settings import Settings
from service.task_registry import LOADERS
from service.versions.loading import prepare_loading
from tabuada.artifacts.store import Store
from tabuada.errors import CorruptArtifact
from tests.service.conftest import StartServer
from tests.service.lasting import TrappedNetwork
from tests.service.serving import Server
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny


@pytest.fixture(scope="module")
def endless_store(networks: Networks, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """`mlp`, and nine models that never end."""
    folder = tmp_path_factory.mktemp("endless")
    store = Store(folder / "artifacts")
    one = networks[1]
    publish_tiny(store, folder / "mlp", one)
    endless = TrappedNetwork(one.hidden, one.bias, one.out, always=True)
    for number in range(9):
        publish_tiny(store, folder / f"endless{number}", endless, f"endless{number}")
    return store


def test_endless_network_is_refused_and_runs_no_more(endless_store: Store) -> None:
    settings = Settings(artifacts=str(endless_store.location), run_timeout_s=0.5)
    load = prepare_loading(settings, LOADERS)
    with pytest.raises(TimeoutError, match=r"within 0\.5 s.*its run was ended"):
        load(endless_store, "endless0", 1)
    assert not is_running()


@pytest.mark.parametrize("constant", [False, True], ids=["nothing", "a constant"])
def test_network_that_could_not_be_ended_is_refused(
    tmp_path: Path, networks: Networks, constant: bool
) -> None:
    one = networks[1]
    true = numpy_helper.from_array(np.array(True))
    body = (helper.make_node("Constant", [], ["going_out"], value=true),) if constant else ()
    store = Store(tmp_path / "artifacts")
    trapped = TrappedNetwork(one.hidden, one.bias, one.out, always=True, body=body)
    publish_tiny(store, tmp_path / "work", trapped)
    load = prepare_loading(Settings(artifacts=str(store.location)), LOADERS)
    with pytest.raises(CorruptArtifact, match="loops that run something"):
        load(store, "mlp", 1)
    assert not is_running()


def test_loop_that_constants_keep_going_can_be_ended(tmp_path: Path, networks: Networks) -> None:
    """ONNX Runtime would compute its condition at loading, and leave an empty body."""
    one = networks[1]
    body = (
        helper.make_node("Less", ["one", "two"], ["several"]),
        helper.make_node("Squeeze", ["several"], ["going_out"]),
    )
    constants = {"two": np.array([2])}
    store = Store(tmp_path / "artifacts")
    trapped = TrappedNetwork(one.hidden, one.bias, one.out, always=True, body=body, more=constants)
    publish_tiny(store, tmp_path / "work", trapped)
    settings = Settings(artifacts=str(store.location), run_timeout_s=0.5)
    with pytest.raises(TimeoutError, match="its run was ended"):
        prepare_loading(settings, LOADERS)(store, "mlp", 1)
    assert not is_running()


def wait_logged(server: Server, text: str, times: int = 1) -> None:
    end = time.monotonic() + 60
    while server.log().count(text) < times:
        assert time.monotonic() < end, server.log()
        time.sleep(0.05)


@pytest.mark.slow
def test_many_endless_networks_do_not_keep_others_from_loading(
    start_server: StartServer, endless_store: Store, tmp_path: Path, networks: Networks
) -> None:
    server = start_server(endless_store.location, run_timeout_s=0.5, load_timeout_s=20)
    server.wait_ready()
    wait_logged(server, "its run was ended", times=9)
    publish_tiny(endless_store, tmp_path / "work", networks[2], "late")
    server.wait_for_version(1, "late")
    assert server.stop() == 0


@pytest.mark.parametrize(
    ("workers", "number"),
    [
        (1, signal.SIGTERM),
        pytest.param(2, signal.SIGHUP, marks=pytest.mark.slow),
        pytest.param(1, signal.SIGQUIT, marks=pytest.mark.slow),
    ],
)
def test_signal_while_a_network_loads_for_ever_exits_0(
    start_server: StartServer, networks: Networks, tmp_path: Path, workers: int, number: int
) -> None:
    store, one = Store(tmp_path / "artifacts"), networks[1]
    endless = TrappedNetwork(one.hidden, one.bias, one.out, always=True)
    publish_tiny(store, tmp_path / "endless", endless, "endless")
    publish_tiny(store, tmp_path / "mlp", one)
    server = start_server(store.location, run_timeout_s=600, load_timeout_s=600, workers=workers)
    server.wait_ready()
    server.send(number)
    assert server.wait() == 0
    assert "Traceback" not in server.log()
    assert "abort" not in server.log()
