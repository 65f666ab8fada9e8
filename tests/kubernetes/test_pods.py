"""What pods run with: the users and images of the Dockerfile, settings and arguments that exist."""

import json
import os
import re
from pathlib import Path

import httpx
import pytest
import yaml

from service.settings import PREFIX, Settings, read_settings
from tests.kubernetes.manifests import (
    OVERLAYS,
    ROOT,
    find_kind,
    find_pod,
    find_pods,
    read_environment,
    render,
)
from tests.service.serving import Server
from trainer.cli import main

MIB = 2**20
UNITS = {"Mi": MIB, "Gi": 1024 * MIB}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
RESULTS = ROOT / "benchmarks" / "results"

overlays = pytest.mark.parametrize("overlay", OVERLAYS)
serving = pytest.mark.parametrize("overlay", ["shared-volume", "object-store"])


def read_bytes(quantity: str) -> int:
    return int(quantity[:-2]) * UNITS[quantity[-2:]]


@overlays
def test_pod_meets_the_restricted_standard(overlay: str) -> None:
    for pod in find_pods(render(overlay)):
        shared, own = pod.spec["securityContext"], pod.container["securityContext"]
        assert shared["runAsNonRoot"] is True
        assert shared["seccompProfile"] == {"type": "RuntimeDefault"}
        assert own["allowPrivilegeEscalation"] is False
        assert own["readOnlyRootFilesystem"] is True
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert {"name": "tmp", "mountPath": "/tmp"} in pod.container["volumeMounts"]


@overlays
def test_pod_runs_as_the_user_of_the_image(overlay: str) -> None:
    users = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.M)
    for pod in find_pods(render(overlay)):
        context = pod.spec["securityContext"]
        assert {(str(context["runAsUser"]), str(context["runAsGroup"]))} == set(users), pod.owner
        assert context["fsGroup"] == context["runAsGroup"]


@overlays
def test_pod_runs_an_image_of_the_compose_file(overlay: str) -> None:
    images = {service["image"].split(":")[0] for service in COMPOSE["services"].values()}
    pods = find_pods(render(overlay))
    assert {pod.image for pod in pods} <= images
    for pod in pods:
        assert "/" not in pod.container["image"], "a registry is named by who has one"


@overlays
def test_no_service_of_the_namespace_sets_variables(overlay: str) -> None:
    # One named `tabuada` would set TABUADA_PORT to an address, and no service would start.
    assert all(pod.spec["enableServiceLinks"] is False for pod in find_pods(render(overlay)))


@overlays
def test_only_the_head_of_a_cluster_talks_to_the_api_server(overlay: str) -> None:
    for pod in find_pods(render(overlay)):
        assert pod.owner.endswith("head") or pod.spec["automountServiceAccountToken"] is False


@overlays
def test_memory_is_limited(overlay: str) -> None:
    for pod in find_pods(render(overlay)):
        resources = pod.container["resources"]
        requested = read_bytes(resources["requests"]["memory"])
        assert requested <= read_bytes(resources["limits"]["memory"])
        assert resources["requests"]["cpu"]


@serving
def test_memory_of_the_service_is_what_was_measured(overlay: str) -> None:
    resources = find_pod(render(overlay), "Deployment").container["resources"]
    overload = json.loads((RESULTS / "overload.json").read_text("utf-8"))
    rush = overload["resident_late_mib"] * MIB
    assert rush <= read_bytes(resources["requests"]["memory"])
    bodies = Settings.model_fields["max_pending_bytes"].default
    assert rush + bodies <= read_bytes(resources["limits"]["memory"])


@serving
def test_service_takes_every_setting(overlay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = render(overlay)
    pod = find_pod(manifests, "Deployment")
    environment = read_environment(manifests, pod)
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert {name for name in environment if name.startswith(PREFIX)} <= known
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    mounted = {mount["mountPath"] for mount in pod.container["volumeMounts"]}
    assert settings.cache is None or str(settings.cache) in mounted, (
        "nothing else can be written to"
    )
    for name in settings.model_fields_set:
        assert str(getattr(settings, name)) != str(Settings.model_fields[name].default), name


@serving
def test_service_has_time_to_finish(overlay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = render(overlay)
    pod = find_pod(manifests, "Deployment")
    for name, value in read_environment(manifests, pod).items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    probe = pod.container["readinessProbe"]
    assert settings.drain_s > probe["periodSeconds"], "or requests come to a closed port"
    stopping_s = settings.drain_s + settings.shutdown_timeout_s
    assert pod.spec["terminationGracePeriodSeconds"] >= stopping_s + 5


@serving
def test_trainer_reads_its_variables(overlay: str) -> None:
    manifests = render(overlay)
    environment = read_environment(manifests, find_pod(manifests, "Job"))
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "trainer").glob("*.py"))
    own = {name for name in environment if name.startswith(PREFIX)}
    assert own
    assert all(f'"{name}"' in sources for name in own)


def test_service_answers_where_it_is_asked(tmp_path: Path) -> None:
    pod = find_pod(render("shared-volume"), "Deployment")
    probes = [
        pod.container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")
    ]
    annotations = pod.template["metadata"]["annotations"]
    paths = {probe["path"] for probe in probes} | {annotations["prometheus.io/path"]}
    server = Server(ROOT / "artifacts", tmp_path / "log", default_model="arithmetic")
    try:
        server.wait_ready()
        answers = {path: httpx.get(f"{server.url}{path}").status_code for path in paths}
    finally:
        server.stop()
    assert answers == {"/health/live": 200, "/health/ready": 200, "/metrics": 200}
    # The port is the image's, and every question goes to it.
    (port,) = re.findall(r"TABUADA_PORT=(\d+)", DOCKERFILE)
    assert pod.ports == {"http": int(port)}
    assert {probe["port"] for probe in probes} == {"http"}
    assert annotations["prometheus.io/port"] == port


def test_pod_that_waits_for_a_version_is_left_alone(tmp_path: Path) -> None:
    pod = find_pod(render("shared-volume"), "Deployment")
    server = Server(tmp_path / "empty", tmp_path / "log", default_model="arithmetic")
    try:
        answers = {
            kind: httpx.get(server.url + pod.container[kind]["httpGet"]["path"]).status_code
            for kind in PROBES
        }
    finally:
        server.stop()
    assert answers == {"startupProbe": 200, "livenessProbe": 200, "readinessProbe": 503}


@serving
def test_trainer_takes_its_arguments_and_trains_nothing_twice(
    overlay: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = find_pod(render(overlay), "Job").container["args"]
    store = ["--artifacts", str(ROOT / "artifacts"), "--runs", str(tmp_path)]
    assert main([*arguments, *store]) == 0
    assert capsys.readouterr().out.count("nothing to do") == 2
    assert os.listdir(tmp_path) == []


@serving
def test_trainer_is_not_tried_again_where_it_cannot_succeed(overlay: str, tmp_path: Path) -> None:
    manifests = render(overlay)
    pod = find_pod(manifests, "Job")
    (job,) = find_kind(manifests, "Job")
    (rule,) = (
        rule["onExitCodes"]
        for rule in job["spec"]["podFailurePolicy"]["rules"]
        if rule["action"] == "FailJob"
    )
    assert pod.spec["restartPolicy"] == "Never", "else there is no such policy"
    assert rule["containerName"] == pod.container["name"]
    broken = [*pod.container["args"], "--runs", str(tmp_path), "--trials", "-1"]
    assert rule["values"] == [main(broken)]
