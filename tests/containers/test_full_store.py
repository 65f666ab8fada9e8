"""A store without room: the trainer says so, the service goes on, and nothing is half there."""

import asyncio
from typing import Any

import pytest

from tests.containers.askers import Askers, ask_all_the_time
from tests.containers.conftest import Note, StartProject
from tests.containers.project import ANSWER, SERVICE, TRAINER, Project
from tests.containers.training import pack_shipped, train_in_seconds

pytestmark = pytest.mark.docker
SIZE = "12m"
LEFT_BYTES = 1_000_000  # enough to begin with, less than a version
FILL = f"""
import os
disk = os.statvfs("/data/artifacts")
with open("/data/artifacts/filler", "wb") as file:
    file.write(bytes(disk.f_bavail * disk.f_frsize - {LEFT_BYTES}))
"""


def limit_store() -> dict[str, Any]:
    """Return an override whose store is a small file system in memory."""
    options = {"type": "tmpfs", "device": "tmpfs", "o": f"size={SIZE},uid=10001,gid=10001"}
    return train_in_seconds() | {"volumes": {"artifacts": {"driver_opts": options}}}


def test_full_store_refuses_a_version_whole_and_takes_it_when_there_is_room(
    start_project: StartProject, note: Note
) -> None:
    project = start_project(limit_store())
    # It holds the store as well: what is mounted from memory lasts as long as somebody uses it.
    project.compose("up", "--detach", SERVICE)
    project.wait_for_status("/health/live", 200, 60)
    project.restore(pack_shipped())
    project.wait_for_status("/health/ready", 200, 30)
    project.run_in_trainer("python", "-c", FILL)

    askers = asyncio.run(_train_while_asked(project))
    log = project.log(TRAINER)
    assert project.inspect(TRAINER, ".State.ExitCode") == "1", log
    last = log.splitlines()[-1]
    assert last.startswith("error: expected a writable store at /data/artifacts"), log
    assert "No space left on device. Free some space. Nothing was published" in last
    assert (askers.failed, askers.answered > 1000) == (0, True)
    assert project.list_versions() == {"arithmetic": [1]}
    left = project.run_in_trainer("find", "/data/artifacts", "-newer", "/data/artifacts/filler")
    assert b"manifest.json" not in left
    assert project.run_in_trainer("ls", "/data/artifacts/.staging") == b"lock\n"
    note(
        f"full store: the trainer ended with 1, meanwhile {askers.answered:,} requests were "
        f"answered and {askers.failed} were not"
    )

    project.run_in_trainer("rm", "/data/artifacts/filler")
    project.compose("up", "--detach", TRAINER)
    assert project.wait_for_exit(TRAINER) == 0, project.log(TRAINER)
    assert "Fit: complete already" in project.log(TRAINER)
    project.wait_for_status("/models/mlp", 200, 30)
    assert project.list_versions() == {"arithmetic": [1], "mlp": [1]}
    assert project.predict("arithmetic") == pytest.approx(ANSWER, abs=1e-6)


async def _train_while_asked(project: Project) -> Askers:
    async with ask_all_the_time(project.url, clients=2) as askers:
        await asyncio.to_thread(project.compose, "up", "--detach", TRAINER)
        await asyncio.to_thread(project.wait_for_exit, TRAINER)
    return askers
