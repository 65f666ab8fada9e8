"""The overlay for object storage: its environment makes service and trainer use one bucket."""

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest

from service.settings import PREFIX
from tabuada.artifacts.store import Store
from tests.kubernetes.manifests import find_pod, read_environment, render
from tests.s3 import S3Server
from tests.service.serving import Server
from tests.service.tiny import fit_network, publish_tiny
from trainer.cli import main

MODELS = ("arithmetic", "mlp")


@pytest.fixture
def environment(
    s3: S3Server,  # noqa: ARG001 -- has to run
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[dict[str, str]]:
    """The service's variables, for a bucket that has what they name: one version of each model."""
    manifests = render("object-store")
    found = read_environment(manifests, find_pod(manifests, "Deployment"))
    monkeypatch.setenv("AWS_REGION", found["AWS_REGION"])
    location = found["TABUADA_ARTIFACTS"]
    name = location.removeprefix("s3://").split("/")[0]
    bucket = boto3.resource("s3").create_bucket(Bucket=name)
    store = Store(location, tmp_path / "cache of the publisher")
    for model in MODELS:
        publish_tiny(store, tmp_path / model, fit_network(1), model=model)
    yield found
    bucket.objects.delete()
    bucket.delete()


def test_service_serves_from_the_bucket(environment: dict[str, str], tmp_path: Path) -> None:
    settings: dict[str, str | float] = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    location = str(settings.pop("artifacts"))
    settings |= {"cache": str(tmp_path / "cache"), "drain_s": 0, "default_model": "arithmetic"}
    server = Server(location, tmp_path / "log", **settings)
    try:
        server.wait_ready()
        answer = httpx.post(f"{server.url}/predict", json={"a": [1], "op": "+", "b": [2]})
    finally:
        server.stop()
    assert (answer.status_code, answer.json()["version"]) == (200, 1), answer.text
    assert os.listdir(tmp_path / "cache")


def test_trainer_looks_into_the_bucket(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifests = render("object-store")
    pod = find_pod(manifests, "Job")
    for name, value in read_environment(manifests, pod).items():
        monkeypatch.setenv(name, value)
    assert main([*pod.container["args"], "--runs", str(tmp_path / "runs")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count(f"is in {environment['TABUADA_ARTIFACTS']} already") == len(MODELS)
