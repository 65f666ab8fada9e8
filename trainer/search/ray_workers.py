"""Runs trials on a Ray cluster, each a task that takes one core of whatever node has one.

No file system is shared: what a trial reads goes along with its task, what it wrote comes back
with the result. A trial whose worker or node dies is run again elsewhere. A core that joins the
cluster is used from then on.
"""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray
from ray._private.services import canonicalize_bootstrap_address
from ray.exceptions import (
    NodeDiedError,
    ObjectLostError,
    OutOfMemoryError,
    RayError,
    RayTaskError,
    WorkerCrashedError,
)
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from trainer.config import TrainerConfig
from trainer.environment import prepare_environment
from trainer.errors import ClusterUnreachable, SearchFailed
from trainer.search.remote_trial import Files, collect_inputs, run_trial_remotely, write_files
from trainer.search.workers import OnEpoch
from trainer.trial import TrialResult, TrialTask

_RETRIES = 3
_POLL_S = 0.5
_CONNECT_TIMEOUT_S = 5.0
_LOST = (WorkerCrashedError, NodeDiedError, OutOfMemoryError, ObjectLostError)

Epoch = tuple[str, int, dict[str, float]]
"""A trial's number, its epoch's, and the metrics."""


class RayWorkers:
    """The cores of the cluster that this process is connected to.

    Args:
        config: Of the run. Its `search.parallel` bounds the trials at a time; more than there are
            cores wait in the cluster, which may grow for them.
        folder: The search's folder.
    """

    def __init__(self, config: TrainerConfig, folder: Path) -> None:
        self._config = config
        self._folder = folder
        self._running: dict[Any, TrialTask] = {}
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        board = ray.remote(num_cpus=0)(EpochBoard)
        self._board = board.options(scheduling_strategy=here).remote()
        self._epochs = self._board.take.remote()
        self._run = ray.remote(num_cpus=1, max_retries=_RETRIES)(_run_on_node)
        # Imports TensorFlow on the nodes, while this process does the same.
        prepare = ray.remote(num_cpus=1)(_prepare_worker)
        # Held, since Ray writes to the console what failed and nobody can ask for any more.
        self._prepared = [prepare.remote() for _ in range(self.idle)]

    @property
    def idle(self) -> int:
        """How many cores wait for a trial."""
        # With no core at all, one trial waits in the cluster for a node to join.
        cores = max(1, self._count_cores())
        return max(0, cores - len(self._running))  # a node that was lost leaves more running

    def submit(self, task: TrialTask) -> None:
        """Hand a trial to the cluster."""
        run = self._run.options(name=f"trial-{task.trial}")  # for Ray's dashboard, and `ps`
        inputs = collect_inputs(task, self._folder)
        self._running[run.remote(task, self._config, inputs, self._board)] = task

    def wait_for_result(self, on_epoch: OnEpoch) -> TrialResult | None:
        """Wait a moment for one of the running trials to end; see `Workers`."""
        ended, _ = ray.wait(list(self._running), timeout=_POLL_S)
        self._report_epochs(on_epoch)
        return self._receive(ended[0]) if ended else None

    def _count_cores(self) -> int:
        settings = self._config.search
        if settings.parallel or settings.algorithm != "random":
            return settings.parallel or 1
        return min(int(ray.cluster_resources().get("CPU", 0)), settings.trials)

    def _receive(self, ref: Any) -> TrialResult:
        task = self._running.pop(ref)
        result: TrialResult
        try:
            result, files = ray.get(ref)
        except _LOST as error:
            reason = (
                f"{type(error).__name__}: its worker or node was lost {1 + _RETRIES} times over"
            )
            return TrialResult(task.trial, task.values, reason=reason)
        except RayTaskError as error:  # what a trial itself raises is a result
            raise SearchFailed(
                "expected every node to run trials, with the code of this process. Received: "
                f"{_summarize(error)}. Install the same version everywhere, or use one image"
            ) from error
        except RayError as error:
            raise SearchFailed(
                "expected this machine to stay a node of the Ray cluster. Received: "
                f"{_summarize(error)}. The same command goes on where it stopped"
            ) from error
        write_files(files, self._folder.parent)
        return result

    def _report_epochs(self, on_epoch: OnEpoch) -> None:
        ready, _ = ray.wait([self._epochs], timeout=0)
        if not ready:
            return
        running = {task.trial for task in self._running.values()}
        try:
            epochs = ray.get(self._epochs)
        except RayError:  # the board is gone, and with it only the bars of running trials
            return
        for trial, epoch, metrics in epochs:
            if trial in running:
                on_epoch(trial, epoch, metrics)
        self._epochs = self._board.take.remote()


class EpochBoard:
    """Where running trials write their epochs down until the driver takes them."""

    def __init__(self) -> None:
        self._epochs: list[Epoch] = []

    def add(self, epoch: Epoch) -> None:
        """Write one down."""
        self._epochs.append(epoch)

    def take(self) -> list[Epoch]:
        """Return those since last time."""
        taken, self._epochs = self._epochs, []
        return taken


@contextmanager
def start_ray_workers(address: str, config: TrainerConfig, folder: Path) -> Iterator[RayWorkers]:
    """Use a Ray cluster; with the block end all trials that still run there.

    Args:
        address: `auto`, or host and port of a cluster that this machine is a node of.
        config: Of the run.
        folder: The search's folder.

    Raises:
        ClusterUnreachable: No cluster answers there.
    """
    _connect(address)
    try:
        yield RayWorkers(config, folder)
    finally:
        ray.shutdown()  # ends the job, and whatever of it still runs


def _connect(address: str) -> None:
    handler = signal.getsignal(signal.SIGTERM)
    try:
        found = canonicalize_bootstrap_address(address)
        if found is None:
            raise ConnectionError("none is known on this machine")
        _check_answer(found)
        ray.init(address=found, log_to_driver=False, logging_level="ERROR")
    except (OSError, ValueError, RuntimeError) as error:
        raise ClusterUnreachable(
            f"expected a Ray cluster at {address} that this machine is a node of. Received: "
            f"{_summarize(error)}. Start one (`ray start --head`), or leave --ray out to search "
            "on this machine alone"
        ) from error
    finally:
        signal.signal(signal.SIGTERM, handler)  # Ray puts one of its own there


def _check_answer(address: str) -> None:
    """Raise OSError where nothing listens: Ray itself would try for two minutes."""
    host, _, port = address.rpartition(":")
    socket.create_connection((host.strip("[]"), int(port)), _CONNECT_TIMEOUT_S).close()


def _summarize(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[-1].rstrip('.')}"  # a traceback ends with what it is


def _prepare_worker() -> None:
    prepare_environment()
    from trainer.fitting import configure_tensorflow  # noqa: PLC0415 -- on nodes only

    configure_tensorflow()


def _run_on_node(
    task: TrialTask, config: TrainerConfig, inputs: Files, board: Any
) -> tuple[TrialResult, Files]:
    _prepare_worker()

    def on_epoch(epoch: int, metrics: dict[str, float]) -> None:
        board.add.remote((task.trial, epoch, metrics))

    return run_trial_remotely(task, config, inputs, on_epoch)
