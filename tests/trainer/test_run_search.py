"""Tests of a run's search beside the same one undisturbed: resumed after a kill, in one process."""

import json
import os
import re
import signal
import subprocess
import uuid
from pathlib import Path

import pytest

from tabuada.artifacts.store import Store
from tests.s3 import BUCKET, S3Server
from tests.trainer.conftest import ENVIRONMENT, TINY, Trained, run_trainer, trainer_command
from tests.trainer.searching import (
    find_children,
    forget_time,
    read_trials,
    search_here,
    wait_for_trial,
    wait_until_over,
)
from trainer.trial import TrialResult

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner")


@pytest.mark.slow
def test_interrupted_run_publishes_to_a_bucket_what_another_does_to_a_folder(
    trained: Trained,
    s3: S3Server,  # noqa: ARG001 -- it has to run
    tmp_path: Path,
) -> None:
    url = f"s3://{BUCKET}/{uuid.uuid4().hex}/store"
    arguments = (
        "run", "--preset", "seed", "--config", TINY, "--parallel", "1",
        "--artifacts", url, "--runs", tmp_path / "runs",
    )  # fmt: skip
    for done, number, code in ((1, signal.SIGKILL, -signal.SIGKILL), (2, signal.SIGINT, 130)):
        process = subprocess.Popen(
            trainer_command(*arguments),
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | ENVIRONMENT,
        )
        wait_for_trial(tmp_path / "runs", process, done)
        workers = find_children(process)
        process.send_signal(number)
        assert process.wait(600) == code
        wait_until_over(workers)

    resumed = run_trainer(*arguments)
    assert resumed.returncode == 0, resumed.stderr
    assert re.search("[23] of them done before", resumed.stdout)
    assert f"{url}/mlp/1" in resumed.stdout
    again = Store(url, tmp_path / "cache").open("mlp", 1)
    assert read_trials(again.folder / "training" / "trials.csv") == read_trials(
        trained.training / "trials.csv"
    )
    assert again.manifest.metrics == trained.artifact.manifest.metrics
    assert again.manifest.files.keys() == trained.artifact.manifest.files.keys()


def test_search_keeps_its_log_and_nothing_else(trained: Trained) -> None:
    # What Keras Tuner's oracle would save beside it is written whole twice a trial.
    assert [path.name for path in (trained.runs / "mlp-1" / "search").iterdir()] == ["log.jsonl"]


def test_search_in_one_process_finds_what_several_do(trained: Trained, tmp_path: Path) -> None:
    here, _ = search_here(tmp_path)
    found = json.loads((trained.runs / "mlp-1" / "results.json").read_text())
    assert forget_time(here) == forget_time(TrialResult(**result) for result in found)
