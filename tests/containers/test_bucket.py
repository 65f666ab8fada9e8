"""The compose file with its store in a bucket: nothing but two variables changes."""

import json
import os
from ipaddress import ip_network

import pytest

from tests.containers.conftest import Note, StartProject
from tests.containers.engine import run_docker
from tests.containers.project import ANSWER, TRAINER
from tests.containers.training import train_in_seconds
from tests.s3 import BUCKET, serve_s3

pytestmark = pytest.mark.docker


def find_gateway() -> str:
    """Return this machine's address on the engine's bridge: the first one, where none is named."""
    inspect = ("network", "inspect", "bridge", "--format")
    (config,) = json.loads(run_docker(*inspect, "{{json .IPAM.Config}}"))
    return str(config.get("Gateway") or next(ip_network(config["Subnet"]).hosts()))


def test_trainer_publishes_to_a_bucket_and_service_serves_from_it(
    start_project: StartProject, note: Note
) -> None:
    # By its number: to moto, a name with dots in it would be that of a bucket.
    with serve_s3(find_gateway()) as s3:
        aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        settings = aws | {"TABUADA_ARTIFACTS": f"s3://{BUCKET}/store"}
        project = start_project(train_in_seconds(), settings)
        project.compose("up", "--detach")
        assert project.wait_for_exit(TRAINER) == 0, project.log(TRAINER)
        seconds = project.wait_for_status("/models/mlp", 200, 30)
        assert f"Published mlp version 1 in s3://{BUCKET}/store/mlp/1" in project.log(TRAINER)
        assert project.predict("mlp") == pytest.approx(ANSWER, abs=20)
        assert s3.disturbance.writes[-1]
        assert project.run_in_trainer("find", "/data/artifacts", "-type", "f") == b""
    note(f"bucket: the service sees the version {seconds:.1f} s after the trainer has ended")
