"""Reads what is under `deploy/kubernetes/`: as it lies there, and as kustomize renders it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = ("shared-volume", "object-store", "ray/cluster", "ray/job")

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod that a manifest describes.

    Attributes:
        owner: Kind of what makes it, with its component where it makes several kinds of pods.
        template: Its labels, annotations and specification.
    """

    owner: str
    template: Manifest

    @property
    def labels(self) -> dict[str, str]:
        """Its labels."""
        labels: dict[str, str] = self.template["metadata"]["labels"]
        return labels

    @property
    def spec(self) -> Manifest:
        """Its specification."""
        spec: Manifest = self.template["spec"]
        return spec

    @property
    def container(self) -> Manifest:
        """Its only container."""
        (container,) = self.spec["containers"]
        assert isinstance(container, dict)
        return container

    @property
    def image(self) -> str:
        """Name of its image, without a tag."""
        return str(self.container["image"]).split(":")[0]

    @property
    def ports(self) -> dict[str, int]:
        """The ports it names."""
        return {port["name"]: port["containerPort"] for port in self.container.get("ports", [])}


def find_kustomizations() -> list[Path]:
    """Return every kustomization."""
    return sorted(FOLDER.rglob("kustomization.yaml"))


def find_resources() -> list[Path]:
    """Return the files with whole manifests, which kustomizations name as resources."""
    found = {
        (kustomization.parent / name).resolve()
        for kustomization in find_kustomizations()
        for name in read_one(kustomization)["resources"]
    }
    return sorted(path for path in found if path.is_file())


def read_one(path: Path) -> Manifest:
    """Return the only document of a file."""
    (document,) = read(path)
    return document


def read(path: Path) -> list[Manifest]:
    """Return the documents of a file."""
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def render(folder: Path | str) -> list[Manifest]:
    """Return what kustomize makes of a folder, below `deploy/kubernetes/` where it is a name.

    Skips the test where there is no kustomize.
    """
    places = f"{ROOT / '.venv'}{os.pathsep}{os.environ['PATH']}"
    kustomize = shutil.which("kustomize", path=places)
    if kustomize is None:
        pytest.skip("needs kustomize: scripts/install-kustomize .venv/kustomize")
    return _build(kustomize, FOLDER / folder)


@cache
def _build(kustomize: str, folder: Path) -> list[Manifest]:
    done = subprocess.run(
        [kustomize, "build", str(folder)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def find_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    """Return the manifests of a kind."""
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def find_one(manifests: list[Manifest], kind: str) -> Manifest:
    """Return the only manifest of a kind."""
    (manifest,) = find_kind(manifests, kind)
    return manifest


def find_names(manifests: list[Manifest], kind: str) -> set[str]:
    """Return the names of a kind's manifests."""
    return {manifest["metadata"]["name"] for manifest in find_kind(manifests, kind)}


def find_pods(manifests: list[Manifest]) -> list[Pod]:
    """Return every pod that the manifests describe, those of KubeRay's kinds too."""
    return [pod for manifest in manifests for pod in _find_pods(manifest)]


def find_pod(manifests: list[Manifest], owner: str) -> Pod:
    """Return the only pod of an owner."""
    (pod,) = (pod for pod in find_pods(manifests) if pod.owner == owner)
    return pod


def read_environment(manifests: list[Manifest], pod: Pod) -> dict[str, str]:
    """Return the variables that a pod's container sees, but for those of secrets."""
    maps = {m["metadata"]["name"]: m["data"] for m in find_kind(manifests, "ConfigMap")}
    found: dict[str, str] = {}
    for source in pod.container.get("envFrom", []):
        found |= maps[source["configMapRef"]["name"]] if "configMapRef" in source else {}
    return found | {item["name"]: item["value"] for item in pod.container.get("env", [])}


def _find_pods(manifest: Manifest) -> Iterator[Pod]:
    kind, spec = manifest["kind"], manifest.get("spec", {})
    if kind in ("Deployment", "Job"):
        yield Pod(kind, spec["template"])
    if kind == "RayJob":
        yield Pod("RayJob submitter", spec["submitterPodTemplate"])
    cluster = spec if kind == "RayCluster" else spec.get("rayClusterSpec")
    if cluster:
        yield Pod(f"{kind} head", cluster["headGroupSpec"]["template"])
        for group in cluster["workerGroupSpecs"]:
            yield Pod(f"{kind} workers {group['groupName']}", group["template"])
