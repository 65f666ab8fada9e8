"""A Ray cluster of several nodes on this machine, for tests and benchmarks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ray.cluster_utils import Cluster

NODE = {"object_store_memory": 80 * 2**20, "include_dashboard": False}


@contextmanager
def start_cluster(workers: int) -> Iterator[Any]:
    """Hold a cluster: a head that runs no tasks, and so many nodes of one core each."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # the head would report to Ray's makers
    # By default a node's workers give way to all else that runs here, the local search they are
    # compared with included, and on a busy machine hardly come to run.
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 -- Ray spells it so
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **NODE})
    try:
        for _ in range(workers):
            add_node(cluster)
        yield cluster
    finally:
        cluster.shutdown()


def add_node(cluster: Any) -> Any:
    """Have a node of one core join, and return it."""
    return cluster.add_node(num_cpus=1, **NODE)
