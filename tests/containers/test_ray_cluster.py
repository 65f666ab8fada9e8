"""Head and worker of a Ray cluster from the trainer's image, each locked down as it may be."""

import json
import os
from collections.abc import Iterator

import pytest

from tests.containers.conftest import Note
from tests.containers.engine import run_docker
from tests.containers.project import wait_until
from tests.containers.test_images import skip_unless_built

pytestmark = pytest.mark.docker
IMAGE = "tabuada-trainer:ray"
# A task on each node that imports what a trial needs; each tells where it ran and as whom.
DRIVER = """
import json, os, socket
import ray

ray.init(address="auto", log_to_driver=False)

@ray.remote(num_cpus=1, scheduling_strategy="SPREAD")
def work(number):
    import time
    import trainer.fitting
    time.sleep(1)
    return number, socket.gethostname(), os.getuid()

print(json.dumps(ray.get([work.remote(number) for number in range(4)], timeout=120)))
"""


class Cluster:
    """A head and a worker on a network of their own."""

    def __init__(self) -> None:
        self._name = f"tabuada-ray-{os.getpid()}"
        run_docker("network", "create", self._name)

    def start_node(self, name: str, *options: str) -> None:
        """Start a node whose Ray ends with the container."""
        run_docker(
            *("run", "--detach", f"--name={self._name}-{name}", f"--hostname={name}"),
            *(f"--network={self._name}", f"--network-alias={name}", "--init"),
            *("--read-only", "--tmpfs=/tmp", "--shm-size=256m", "--cap-drop=ALL"),
            *("--security-opt=no-new-privileges:true", "--entrypoint=bash", IMAGE, "-lc"),
            "exec ray start --block --num-cpus=1 --object-store-memory=100000000 "
            + " ".join(options),
        )

    def run(self, name: str, *command: str, check: bool = True) -> str:
        """Run a command on a node."""
        return run_docker("exec", f"{self._name}-{name}", *command, check=check, timeout_s=240)

    def count_nodes(self) -> int:
        """Return how many nodes the head knows to be alive; 0 before it answers."""
        listed = self.run("head", "ray", "list", "nodes", "--format=json", check=False)
        try:
            return sum(node["state"] == "ALIVE" for node in json.loads(listed))
        except ValueError:
            return 0

    def close(self) -> None:
        """Remove the nodes and their network."""
        for name in ("worker", "head"):
            run_docker("rm", "--force", f"{self._name}-{name}", check=False)
        run_docker("network", "rm", self._name)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    skip_unless_built(IMAGE)
    made = Cluster()
    yield made
    made.close()


def test_head_and_worker_run_tasks_as_an_ordinary_user(cluster: Cluster, note: Note) -> None:
    cluster.start_node("head", "--head", "--port=6379", "--dashboard-host=0.0.0.0")
    cluster.start_node("worker", "--address=head:6379")
    seconds = wait_until("two nodes", lambda: cluster.count_nodes() == 2, 120)
    said = cluster.run("head", "python", "-W", "ignore", "-c", DRIVER)
    done = json.loads(said.splitlines()[-1])
    assert {where for _, where, _ in done} == {"head", "worker"}
    assert {user for _, _, user in done} == {10001}
    note(f"Ray: a head and a worker are one cluster after {seconds:.0f} s and share the tasks")
