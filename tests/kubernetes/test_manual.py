"""The README beside the manifests, held to what it says: what it has people write is rendered."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.settings import PREFIX, Settings
from tests.kubernetes.manifests import FOLDER, ROOT, Manifest, find_one, find_pod, find_pods, render
from tests.kubernetes.test_schemas import VERSIONS, validate
from trainer.cli import main

MANUAL = (FOLDER / "README.md").read_text("utf-8")

PODS = {"shared-volume": 2, "object-store": 2, "ray/cluster": 2, "ray/job": 3}


def read_blocks() -> list[Any]:
    """Return the content of the fenced blocks of YAML."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", MANUAL, re.M | re.S)
    return [yaml.safe_load(block) for block in blocks]


def write_own(folder: Path, base: str, **changes: Any) -> None:
    """Write the kustomization of one's own that the manual begins with, over an overlay."""
    own = {**read_blocks()[0], **changes}
    assert own["resources"] == ["../deploy/kubernetes/shared-volume"]
    own["resources"] = [os.path.relpath(FOLDER / base, folder.resolve())]
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(own))


def render_own(folder: Path, base: str, **changes: Any) -> list[Manifest]:
    """Render a kustomization of one's own over an overlay."""
    write_own(folder, base, **changes)
    return render(folder)


@pytest.fixture(scope="module")
def own_of_every_base(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Manifest]]:
    """One's own over each overlay, by one run of kustomize: each run takes a second to begin."""
    folder = tmp_path_factory.mktemp("every")
    namespaces = {f"own-{number}": base for number, base in enumerate(PODS)}
    for namespace, base in namespaces.items():
        (folder / namespace).mkdir()
        write_own(folder / namespace, base, namespace=namespace, configMapGenerator=[])
    every = {"resources": [f"./{namespace}" for namespace in namespaces]}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(every))
    rendered = render(folder)
    return {
        base: [manifest for manifest in rendered if manifest["metadata"]["namespace"] == namespace]
        for namespace, base in namespaces.items()
    }


def test_kustomization_of_ones_own_renders(tmp_path: Path) -> None:
    manifests = render_own(tmp_path, "shared-volume")
    validate(manifests, VERSIONS[-1])
    assert {manifest["metadata"]["namespace"] for manifest in manifests} == {"tabuada"}
    config = find_one(manifests, "ConfigMap")
    assert config["data"]["TABUADA_VERSION_POLICY"] == "arithmetic=stable"
    assert config["data"]["TABUADA_LOG_FORMAT"] == "json", "merged, not replaced"
    (source, _) = find_pod(manifests, "Deployment").container["envFrom"]
    assert source["configMapRef"]["name"] == config["metadata"]["name"]


@pytest.mark.parametrize(("base", "pods"), PODS.items())
def test_images_are_named_in_every_pod(
    base: str, pods: int, own_of_every_base: dict[str, list[Manifest]]
) -> None:
    rendered = find_pods(own_of_every_base[base])
    images = [pod.container["image"] for pod in rendered]
    assert len(images) == pods
    assert all(re.fullmatch(r"registry\.example/tabuada-\w+:0\.1\.0", image) for image in images)


def test_trainer_takes_other_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifests = render_own(tmp_path, "shared-volume", **read_blocks()[1])
    arguments = find_pod(manifests, "Job").container["args"]
    assert arguments[0] == "run"
    assert main([*arguments, "--preset", "none"]) == 2
    assert "none" in capsys.readouterr().err


@pytest.mark.parametrize("text", re.findall(r"`\[(\w+, .*?)\]`", MANUAL))
def test_arguments_in_the_text_are_taken(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = yaml.safe_load(f"[{text}]")
    if arguments[0] == "label":
        # To an empty store: it is understood, and there is no such version.
        assert main([*arguments, "--artifacts", str(tmp_path)]) == 1
    else:
        assert main([*arguments, "--preset", "none"]) == 2
        assert "none" in capsys.readouterr().err


def test_prometheus_finds_the_service() -> None:
    (job,) = read_blocks()[2]["scrape_configs"]
    (rule,) = job["relabel_configs"]
    pod = find_pod(render("shared-volume"), "Deployment")
    assert re.fullmatch(rule["regex"], ";".join([pod.labels["app.kubernetes.io/name"], *pod.ports]))
    alerts = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8")
    assert {job["job_name"]} == set(re.findall(r'job="(\w+)"', alerts))


def test_manual_names_settings_and_folders_that_exist() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"TABUADA_[A-Z_]+", MANUAL)) <= known
    folders = re.findall(r"^\| `([a-z/-]+)/` \|", MANUAL, re.M)
    assert len(folders) == 5
    assert all((FOLDER / folder / "kustomization.yaml").is_file() for folder in folders)


def test_manual_tells_the_versions_that_are_validated() -> None:
    oldest, newest = (".".join(VERSIONS[end].split(".")[:2]) for end in (0, -1))
    assert f"Kubernetes {oldest} to {newest}" in " ".join(MANUAL.split())


def test_manual_tells_the_bounds_of_scaling() -> None:
    spec = find_one(render("shared-volume"), "HorizontalPodAutoscaler")["spec"]
    share = spec["metrics"][0]["resource"]["target"]["averageUtilization"]
    assert f"Between {spec['minReplicas']} and {spec['maxReplicas']} pods, at {share} %" in MANUAL
