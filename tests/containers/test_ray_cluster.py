"""Head and worker of a Ray cluster from the trainer's image, each locked down as it may be."""

import json
import os
import time
from collections.abc import Iterator

import pytest

from tests.containers.conftest import Note
from tests.containers.engine import run_docker
from tests.containers.project import wait_until
from tests.containers.test_images import skip_unless_built
from tests.containers.training import CONFIG

pytestmark = pytest.mark.docker
IMAGE = "tabuada-trainer:ray"


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
            *("--security-opt=no-new-privileges:true", f"--volume={CONFIG}:/config/tiny.toml:ro"),
            *("--entrypoint=bash", IMAGE, "-lc"),
            "exec ray start --block --object-store-memory=100000000 " + " ".join(options),
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


def test_search_driven_from_the_head_runs_on_the_worker(cluster: Cluster, note: Note) -> None:
    # No core on the head: whatever is tried is tried on the worker, with nothing shared.
    cluster.start_node("head", "--head", "--port=6379", "--num-cpus=0")
    cluster.start_node("worker", "--address=head:6379", "--num-cpus=2")
    seconds = wait_until("two nodes", lambda: cluster.count_nodes() == 2, 120)
    assert cluster.run("worker", "id", "-u") == "10001"
    begin = time.monotonic()
    search = ("search", "--preset=quick", "--config=/config/tiny.toml", "--trials=4", "--ray=auto")
    said = cluster.run("head", "python", "-m", "trainer", *search, "--runs=/tmp/runs")
    assert "(4/4)" in said, said
    assert "FAILED" not in said
    note(
        f"Ray: a head and a worker are one cluster after {seconds:.0f} s; a search of 4 small "
        f"trials on it takes {time.monotonic() - begin:.0f} s"
    )
