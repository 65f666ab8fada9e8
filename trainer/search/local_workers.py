"""Runs trials side by side on this machine, each worker a process of its own.

TensorFlow's fixed cost a step leaves a second core idle, and one process cannot share Keras'
global state between two fits; processes can. A worker that dies costs its trial, no more.

Workers are forked by a server that has imported TensorFlow and not used it: to import it takes
seconds, which one process spends for all, those that take the place of dead ones included.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import joblib

from trainer.config import SearchConfig, TrainerConfig
from trainer.errors import TrainerError
from trainer.search.run_trial import run_trial
from trainer.search.workers import OnEpoch
from trainer.trial import TrialResult, TrialTask

_IMPORTS = "trainer.search.worker_imports"


@dataclass(slots=True)
class _Worker:
    process: ForkServerProcess
    pipe: Connection
    task: TrialTask | None = None


class LocalWorkers:
    """A few worker processes, each of which runs one trial at a time.

    Args:
        count: How many.
        config: Of the run.
        folder: The search's folder.
    """

    def __init__(self, count: int, config: TrainerConfig, folder: Path) -> None:
        self._config = config
        self._folder = folder
        self._workers = [self._start() for _ in range(count)]

    @property
    def idle(self) -> int:
        """How many workers wait for a trial."""
        return sum(worker.task is None for worker in self._workers)

    def submit(self, task: TrialTask) -> None:
        """Give a trial to an idle worker; there must be one."""
        worker = next(worker for worker in self._workers if worker.task is None)
        try:
            worker.pipe.send(task)
        except OSError:  # it died while it was idle
            worker = self._replace(worker)
            worker.pipe.send(task)
        worker.task = task

    def wait_for_result(self, on_epoch: OnEpoch) -> TrialResult:
        """Wait until one of the running trials ends, and return its result."""
        while True:
            busy = [worker for worker in self._workers if worker.task]
            ready = wait([worker.pipe for worker in busy])
            for worker in busy:
                if worker.pipe in ready and (result := self._receive(worker, on_epoch)):
                    return result

    def close(self) -> None:
        """End every worker at once."""
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()

    def _receive(self, worker: _Worker, on_epoch: OnEpoch) -> TrialResult | None:
        task = worker.task
        assert task is not None  # only busy workers are listened to
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):  # the process is gone
            self._replace(worker)
            reason = f"its worker process ended with exit code {worker.process.exitcode}"
            return TrialResult(task.trial, task.values, reason=reason)
        if isinstance(message, TrainerError):  # what ends the search, and not this trial alone
            raise message
        if isinstance(message, TrialResult):
            worker.task = None
            return message
        on_epoch(task.trial, *message)
        return None

    def _replace(self, worker: _Worker) -> _Worker:
        worker.process.join()
        worker.pipe.close()
        fresh = self._start()
        self._workers[self._workers.index(worker)] = fresh
        return fresh

    def _start(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([_IMPORTS])
        process = context.Process(
            target=_work, args=(theirs, self._config, self._folder), daemon=True
        )
        # Ctrl-C is the driver's to handle. Ignoring it is inherited, so that a worker does from
        # its first moment, while it is still importing.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            process.start()
        finally:
            signal.signal(signal.SIGINT, handler)
        theirs.close()
        return _Worker(process, ours)


@contextmanager
def start_local_workers(config: TrainerConfig, folder: Path) -> Iterator[LocalWorkers]:
    """Hold as many worker processes as the configuration asks for; they end with the block."""
    workers = LocalWorkers(_count_workers(config.search), config, folder)
    try:
        yield workers
    finally:
        workers.close()


def _count_workers(config: SearchConfig) -> int:
    if config.parallel:
        return config.parallel
    if config.algorithm != "random":
        return 1
    cores: int = joblib.cpu_count()  # of this container, where it has a limit
    return min(cores, config.trials)


def _work(pipe: Connection, config: TrainerConfig, folder: Path) -> None:
    threading.Thread(target=_end_with_driver, daemon=True).start()
    from trainer.fitting import configure_tensorflow  # noqa: PLC0415 -- in workers only

    configure_tensorflow()
    while True:
        task = pipe.recv()
        try:
            pipe.send(run_trial(task, config, folder, lambda *epoch: pipe.send(epoch)))
        except TrainerError as error:
            pipe.send(error)


def _end_with_driver() -> None:
    """Leave no worker behind when the driver was killed."""
    driver = multiprocessing.parent_process()
    if driver is not None:
        wait([driver.sentinel])
    os._exit(1)
