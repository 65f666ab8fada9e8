"""A Ray cluster of several nodes on this machine, for tests and benchmarks."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ray._private.node as ray_node
from ray.cluster_utils import Cluster

NODE = {"object_store_memory": 80 * 2**20, "include_dashboard": False, "wait": False}
PATIENCE_S = 600


class SlowClock:
    """The clock by which Ray gives a node 30 seconds to come up, which no setting changes.

    On a machine that does much else it takes longer: here the seconds are twenty times as long.
    """

    sleep = staticmethod(time.sleep)
    time = staticmethod(time.time)

    @staticmethod
    def monotonic() -> float:
        """Return twentieths of seconds."""
        return time.monotonic() / 20


@contextmanager
def patience() -> Iterator[None]:
    """Let nodes take their time to come up."""
    ray_node.time = SlowClock
    try:
        yield
    finally:
        ray_node.time = time


@contextmanager
def start_cluster(workers: int) -> Iterator[Any]:
    """Hold a cluster: a head that runs no tasks, and so many nodes of one core each."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # the head would report to Ray's makers
    # By default a node's workers give way to all else that runs here, the local search they are
    # compared with included, and on a busy machine hardly come to run.
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 -- Ray spells it so
    with patience():
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **NODE})
    try:
        for _ in range(workers):
            add_node(cluster)
        yield cluster
    finally:
        cluster.shutdown()


def add_node(cluster: Any) -> Any:
    """Have a node of one core join, and return it."""
    with patience():
        node = cluster.add_node(num_cpus=1, **NODE)
    cluster.wait_for_nodes(PATIENCE_S)
    return node
