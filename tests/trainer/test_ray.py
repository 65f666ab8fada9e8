"""Tests of the search on Ray: a real cluster of several nodes, which are killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks.ray_cluster import add_node, start_cluster
from tests.trainer.conftest import (
    ENVIRONMENT,
    TINY,
    ignoring_warnings,
    run_trainer,
    trainer_command,
)
from tests.trainer.searching import search_here
from trainer.errors import RunDamaged
from trainer.presets import load_config
from trainer.search.remote_trial import collect_inputs, run_trial_remotely
from trainer.trial import TrialTask

# Long enough to be killed in the middle of it, some seconds in all.
SEARCH = ("search", "--preset", "seed", "--config", TINY, "--trials", "4",
          "--set", "search.epochs=60")  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster with one node that runs trials; tests add what they kill."""
    with start_cluster(1) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def local_results(
    tmp_path_factory: pytest.TempPathFactory,
    one_thread: None,  # noqa: ARG001 -- as the trainer's workers have it
) -> list[Any]:
    """What the same search finds in this process alone."""
    runs = tmp_path_factory.mktemp("local")
    with ignoring_warnings():
        search_here(runs, "search.trials=4", "search.epochs=60")
    return read_results(runs)


def read_results(runs: Path) -> list[Any]:
    """Return the table of trials, all but the time each took and the processor it ran on."""
    (file,) = runs.glob("*/results.json")
    results: list[Any] = json.loads(file.read_text())
    for result in results:
        del result["seconds"], result["processor"]
    return results


@contextmanager
def start_search(cluster: Any, runs: Path) -> Iterator["subprocess.Popen[str]"]:
    """Have a search run on the cluster; it ends with the block."""
    process = subprocess.Popen(
        trainer_command(*SEARCH, "--ray", cluster.address, "--runs", runs),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT | {"PYTHONWARNINGS": "ignore"},  # Keras Tuner's; what is left is Ray's
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def find_trials(node: Any) -> dict[str, int]:
    """Return the trials that a node's workers are at, and the processes of these."""
    (raylet,) = node.all_processes["raylet"]
    found = {}
    for pid in list_children(raylet.process.pid):
        title = read_command(pid)
        if title.startswith("ray::trial-"):
            found[title.removeprefix("ray::trial-").split()[0]] = pid
    return found


def list_children(pid: int) -> list[int]:
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except FileNotFoundError:
        return []


def read_command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_for(look: Callable[[], Any], what: str, timeout_s: float = 900) -> Any:
    """Return what a look finds, once it finds something."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.01)
    raise AssertionError(f"no {what} in {timeout_s:g} seconds")


def wait_for_trial(node: Any, trial: str) -> None:
    """Wait until a node is at a trial."""
    wait_for(lambda: trial in find_trials(node), f"trial {trial}")


def halt_trial(node: Any) -> tuple[str, int] | None:
    """Halt a node's worker within a trial; return both, None where it was not at one.

    Ray's test cluster kills a node's raylet alone. Its workers notice within a second, and a trial
    that ends before that still answers: nothing would be lost. A machine that dies halts them all.
    """
    for trial, worker in find_trials(node).items():
        os.kill(worker, signal.SIGSTOP)
        if find_trials(node).get(trial) == worker:
            return trial, worker
        os.kill(worker, signal.SIGCONT)  # it had just ended
    return None


@pytest.mark.slow
def test_node_that_joins_is_used_and_killed_costs_its_trial_a_retry_and_nothing_else(
    cluster: Any, local_results: list[Any], tmp_path: Path
) -> None:
    (safe,) = cluster.worker_nodes
    with start_search(cluster, tmp_path) as process:
        doomed = add_node(cluster)
        trial, worker = wait_for(lambda: halt_trial(doomed), "trial on the node that joined")
        assert trial not in find_trials(safe)
        cluster.remove_node(doomed, allow_graceful=False)
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        wait_for(lambda: trial in find_trials(safe), "second run of its trial")
        (log,) = tmp_path.glob("*/search/log.jsonl")
        events = log.read_text()
        assert events.count('"task"') - events.count('"result"') <= 2, "no more than had begun"
        _, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors
    assert read_results(tmp_path) == local_results
    assert errors == "", "Ray's own notes are not the user's business"


@pytest.mark.slow
def test_node_without_the_code_ends_the_search_and_fails_no_trial(
    cluster: Any, tmp_path: Path
) -> None:
    # Ray puts the driver's folder on the path of its workers: from another one, they find nothing.
    done = subprocess.run(
        trainer_command(*SEARCH, "--ray", cluster.address, "--runs", tmp_path / "runs"),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=ENVIRONMENT | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 1
    assert "error: expected every node to run trials, with the code of this process" in done.stderr
    assert "No module named 'trainer'" in done.stderr
    (log,) = tmp_path.glob("runs/*/search/log.jsonl")
    assert '"result"' not in log.read_text()


@pytest.mark.slow
def test_ended_driver_leaves_nothing_behind_and_resumes_again_and_again(
    cluster: Any, local_results: list[Any], tmp_path: Path
) -> None:
    (node,) = cluster.worker_nodes
    for number, trial in ((signal.SIGKILL, "1"), (signal.SIGTERM, "2"), (signal.SIGINT, "3")):
        with start_search(cluster, tmp_path) as process:
            wait_for_trial(node, trial)
            process.send_signal(number)
            assert process.wait(600) == (-9 if number == signal.SIGKILL else 130)
        wait_for(lambda: not find_trials(node), "end of the trials")
        assert not list(tmp_path.glob("*/results.json"))
    done = run_trainer(*SEARCH, "--ray", cluster.address, "--runs", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "4 trials, 3 of them done before" in done.stdout
    assert read_results(tmp_path) == local_results


@pytest.mark.slow
def test_trial_that_loses_every_worker_has_failed_and_the_search_goes_on(
    cluster: Any, local_results: list[Any], tmp_path: Path
) -> None:
    (node,) = cluster.worker_nodes
    killed = set()
    with start_search(cluster, tmp_path) as process:
        while process.poll() is None:
            worker = find_trials(node).get("1")
            if worker is not None and worker not in killed:
                os.kill(worker, signal.SIGKILL)
                killed.add(worker)
            time.sleep(0.01)
    assert process.returncode == 0
    assert len(killed) == 4
    *others, failed = read_results(tmp_path)
    assert failed["trial"] == "1"
    assert failed["reason"] == "WorkerCrashedError: its worker or node was lost 4 times over"
    assert others == [result for result in local_results if result["trial"] != "1"]


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["hyperband", "bayesian"])
def test_other_algorithms_find_the_same_on_ray(
    algorithm: str,
    cluster: Any,
    tmp_path: Path,
    one_thread: None,  # noqa: ARG001 -- as the trainer's workers have it
) -> None:
    overrides = (f"search.algorithm={algorithm}", "fit.epochs=4", "search.finalists=1")
    with ignoring_warnings():
        search_here(tmp_path / "local", *overrides)
    arguments = [argument for override in overrides for argument in ("--set", override)]
    done = run_trainer(
        *SEARCH[:5], *arguments, "--ray", cluster.address, "--runs", tmp_path / "ray"
    )
    assert done.returncode == 0, done.stderr
    assert "1 at a time" in done.stdout
    assert read_results(tmp_path / "ray") == read_results(tmp_path / "local")
    names = {
        runs: {
            path.relative_to(tmp_path / runs).with_suffix("").as_posix()
            for path in (tmp_path / runs).glob("*/search/**/*")
        }
        for runs in ("local", "ray")
    }
    assert names["ray"] == names["local"]


def test_trial_elsewhere_brings_its_files_back_and_takes_its_parent_along(tmp_path: Path) -> None:
    config = load_config("seed", TINY, ["search.algorithm=hyperband", "search.epochs=3"])
    values = config.space.complete({name: c[0] for name, c in choices(config).items()})
    told = []
    first, files = run_trial_remotely(
        TrialTask("0", values, 1), config, {}, lambda *epoch: told.append(epoch)
    )
    assert not first.failed
    assert [epoch for epoch, _ in told] == [1]
    weights = "search/weights/trial-0.weights.h5"
    assert weights in files
    assert any(path.startswith("tensorboard/trial-0/validation/") for path in files)

    run = tmp_path / "run"
    (run / weights).parent.mkdir(parents=True)
    (run / weights).write_bytes(files[weights])
    child = TrialTask("1", values, 3, initial_epoch=1, parent="0")
    inputs = collect_inputs(child, run / "search")
    second, more = run_trial_remotely(child, config, inputs, lambda *_: None)
    assert (second.reason, second.epochs) == ("", 2)
    assert weights not in more
    with pytest.raises(RunDamaged, match=r"trial-0\.weights\.h5, from which another one goes on"):
        run_trial_remotely(child, config, {}, lambda *_: None)


def choices(config: Any) -> dict[str, Any]:
    return {
        name: [entry.min] if hasattr(entry, "min") else entry
        for name, entry in config.space.searched.items()
    }


def test_local_search_imports_no_ray() -> None:
    modules = "trainer.cli, trainer.search.search, trainer.search.local_workers"
    program = f"import sys, {modules}; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
