"""A trainer that is stopped, and then killed, in the middle of its work."""

import re
import time

import pytest

from tests.containers.conftest import Note, StartProject
from tests.containers.engine import run_docker
from tests.containers.project import TRAINER
from tests.containers.training import train_in_seconds

pytestmark = pytest.mark.docker
TRIALS = 5


def test_trainer_goes_on_where_it_was_stopped_and_publishes_once(
    start_project: StartProject, note: Note
) -> None:
    options = (f"--set=search.trials={TRIALS}", "--set=search.epochs=40", "--set=fit.epochs=3000")
    project = start_project(train_in_seconds(*options, "--parallel=1"))
    project.compose("up", "--detach")
    project.wait_for_log(TRAINER, f"(2/{TRIALS})")
    begin = time.monotonic()
    run_docker("stop", "--time", "30", project.find_container(TRAINER))
    stop_s = time.monotonic() - begin
    assert project.inspect(TRAINER, ".State.ExitCode") == "130", project.log(TRAINER)
    assert "The same command goes on where it stopped" in project.log(TRAINER)

    project.compose("up", "--detach", TRAINER)
    project.wait_for_log(TRAINER, "  epoch 300/3000")
    project.kill_process(TRAINER)
    assert project.wait_for_exit(TRAINER) == 137
    assert project.get("/models/mlp") == 404

    project.compose("up", "--detach", TRAINER)
    assert project.wait_for_exit(TRAINER) == 0, project.log(TRAINER)
    log = project.log(TRAINER)
    done = re.search(r"(\d) of them done before", log)
    assert done, log
    assert int(done[1]) >= 2
    assert "Search: complete already" in log
    trials = re.findall(rf"\((\d)/{TRIALS}\)", log)
    assert trials == sorted(trials), "a trial was run again"
    assert len(trials) == TRIALS
    assert log.count("Published mlp version") == 1
    project.wait_for_status("/health/live", 200, 30)
    assert project.list_versions() == {"mlp": [1]}
    note(
        f"trainer stopped in {stop_s:.1f} s in the middle of a search, went on after "
        f"{done[1]} trials; killed in the middle of a fit, it published version 1 once"
    )
