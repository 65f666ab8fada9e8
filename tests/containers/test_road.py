"""The compose file as it is: trains, publishes, serves, and does so again after down and up."""

import asyncio
import time

import httpx
import pytest

from tests.containers.askers import Askers, ask_all_the_time
from tests.containers.conftest import Note, StartProject
from tests.containers.engine import run_docker
from tests.containers.project import ANSWER, SERVICE, TRAIN_S, TRAINER, Project, wait_until

pytestmark = pytest.mark.docker
# A network that was trained for a minute is rough, the unit is not.
TOLERANCES = {"arithmetic": 1e-6, "mlp": 1.0}


@pytest.fixture(scope="module")
def road(start_project: StartProject, note: Note) -> Project:
    """Give the one command, and return its project once all is published and served."""
    project = start_project()
    begin = time.monotonic()
    project.compose("up", "--detach")
    live_s = project.wait_for_status("/health/live", 200, 60)
    assert project.get("/health/ready") == 503, "ready before there is a version"
    project.wait_for_status("/health/ready", 200, TRAIN_S)
    ready_s = time.monotonic() - begin
    assert project.wait_for_exit(TRAINER) == 0, project.log(TRAINER)
    project.wait_for_status("/models/mlp", 200, 30)
    note(
        f"up: live after {live_s:.1f} s, trained `arithmetic` and ready after {ready_s:.0f} s, "
        f"`mlp` after {time.monotonic() - begin:.0f} s"
    )
    return project


@pytest.mark.parametrize("model", TOLERANCES)
def test_up_trains_and_serves(road: Project, model: str) -> None:
    assert road.predict(model) == pytest.approx(ANSWER, abs=TOLERANCES[model])


def test_containers_may_do_no_more_than_they_need(road: Project) -> None:
    for service in (SERVICE, TRAINER):
        assert road.inspect(service, ".Config.User") == "10001:10001"
        assert road.inspect(service, ".HostConfig.ReadonlyRootfs") == "true"
        assert road.inspect(service, ".HostConfig.CapDrop") == "[ALL]"
    service = road.find_container(SERVICE)
    assert run_docker("exec", service, "id", "-u") == "10001"
    for command in (["touch", "/app/file"], ["touch", "/data/artifacts/file"]):
        assert "Read-only" in run_docker("exec", service, *command, check=False)


def test_engine_calls_the_service_healthy(road: Project) -> None:
    wait_until(
        "a healthy service",
        lambda: road.inspect(SERVICE, ".State.Health.Status") == "healthy",
        60,
    )


def test_service_killed_under_load_is_back_by_itself_and_no_answer_is_lost(
    road: Project, note: Note
) -> None:
    before = int(road.inspect(SERVICE, ".RestartCount"))
    askers = asyncio.run(_kill_under_load(road))
    assert int(road.inspect(SERVICE, ".RestartCount")) == before + 1
    assert askers.failed > 0, "the kill was not felt"
    note(
        f"killed under load: away for {askers.away_s:.2f} s, {askers.failed} attempts failed, "
        f"all {askers.answered:,} requests answered right in the end"
    )
    assert askers.away_s < 30


async def _kill_under_load(road: Project) -> Askers:
    async with ask_all_the_time(road.url) as askers:
        await askers.wait_answered(2000)
        await asyncio.to_thread(road.kill_process, SERVICE)
        await askers.wait_answered(2000)
    return askers


def test_tensorboard_shows_the_runs_and_ends_when_told(road: Project, note: Note) -> None:
    road.compose("--profile", "tensorboard", "up", "--detach", "tensorboard")
    url = f"http://127.0.0.1:{road.ports['TABUADA_TENSORBOARD_PORT']}"

    def list_runs() -> list[str]:
        try:
            return list(httpx.get(f"{url}/data/runs", timeout=10).json())
        except httpx.TransportError:
            return []

    seconds = wait_until("runs in TensorBoard", lambda: bool(list_runs()), 120)
    assert any("fit" in name for name in list_runs())
    stop_s = _stop(road, "tensorboard")
    note(f"TensorBoard shows the runs after {seconds:.0f} s, ends {stop_s:.1f} s after it is told")
    assert stop_s < 10


def test_service_ends_with_0_when_told(road: Project, note: Note) -> None:
    stop_s = _stop(road, SERVICE)
    assert road.inspect(SERVICE, ".State.ExitCode") == "0"
    note(f"docker stop ends the service with 0 in {stop_s:.1f} s")
    road.compose("up", "--detach", SERVICE)
    road.wait_for_status("/health/ready", 200, 60)


def test_down_and_up_serves_at_once_and_trains_nothing(road: Project, note: Note) -> None:
    before = road.list_versions()
    road.down()
    begin = time.monotonic()
    road.compose("up", "--detach", SERVICE)  # however long the trainer may take to start
    road.wait_for_status("/health/ready", 200, 60)
    note(f"down, up: ready after {time.monotonic() - begin:.1f} s from the volume")
    road.compose("up", "--detach")
    assert road.wait_for_exit(TRAINER) == 0
    assert "nothing to do" in road.log(TRAINER)
    assert road.predict("arithmetic") == pytest.approx(ANSWER, abs=TOLERANCES["arithmetic"])
    assert road.list_versions() == before == {"arithmetic": [1], "mlp": [1]}


def test_backup_restores_the_store_of_another_machine(
    road: Project, start_project: StartProject
) -> None:
    other = start_project()
    other.restore(road.back_up())
    other.compose("up", "--detach", SERVICE)
    other.wait_for_status("/health/ready", 200, 60)
    other.wait_for_status("/models/mlp", 200, 30)
    assert other.list_versions() == road.list_versions()
    assert other.predict("mlp") == road.predict("mlp")


def _stop(road: Project, service: str) -> float:
    """Stop a service's container as operators do, and return the seconds that it took."""
    begin = time.monotonic()
    run_docker("stop", road.find_container(service))
    return time.monotonic() - begin
