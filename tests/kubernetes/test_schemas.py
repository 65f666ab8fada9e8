"""Every manifest, against the schemas that Kubernetes publishes: no field it does not know."""

from pathlib import Path

import kubernetes_validate
import pytest
from kubernetes_validate.utils import all_versions

from tests.kubernetes.manifests import (
    FOLDER,
    OVERLAYS,
    Manifest,
    find_kustomizations,
    find_pods,
    find_resources,
    read,
    read_one,
    render,
)

VERSIONS = sorted({version for version in all_versions() if version.split(".") >= ["1", "29", "0"]})
# Kinds of KubeRay's: Kubernetes knows the pods in them, not themselves.
CUSTOM = {"ray.io/v1"}


def validate(manifests: list[Manifest], version: str) -> None:
    pods = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "pod", **pod.template["metadata"]},
            "spec": pod.spec,
        }
        for pod in find_pods(manifests)
    ]
    known = [manifest for manifest in manifests if manifest["apiVersion"] not in CUSTOM]
    assert pods or known
    for manifest in [*known, *pods]:
        try:
            validated = kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            place = ".".join(map(str, error.path))
            pytest.fail(f"{manifest['kind']} for {version}: {place}: {error.message}")
        assert version.startswith(validated)


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
@pytest.mark.parametrize("path", find_resources(), ids=lambda p: str(p.relative_to(FOLDER)))
def test_file_is_valid(path: Path, version: str) -> None:
    validate(read(path), version)


@pytest.mark.parametrize(
    "version",
    [VERSIONS[0], *(pytest.param(v, marks=pytest.mark.slow) for v in VERSIONS[1:-1]), VERSIONS[-1]],
)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_rendered_overlay_is_valid(overlay: str, version: str) -> None:
    validate(render(overlay), version)


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        ("Deployment", {"replica": 2}, "replica"),
        ("Deployment", {"minReadySeconds": "5s"}, "5s"),
        ("PodDisruptionBudget", {"maxUnavailable": 0.5}, "0.5"),
    ],
    ids=["unknown field", "wrong type", "not a number or a share"],
)
def test_schema_refuses_mistakes(kind: str, change: Manifest, reason: str) -> None:
    (manifest,) = (
        manifest for path in find_resources() for manifest in read(path) if manifest["kind"] == kind
    )
    manifest["spec"].update(change)
    for version in VERSIONS:
        with pytest.raises(kubernetes_validate.ValidationError, match=reason):
            kubernetes_validate.validate(manifest, version, strict=True)


def test_versions_reach_from_the_oldest_named_on() -> None:
    assert VERSIONS[0].startswith("1.29")
    assert len(VERSIONS) >= 6


def test_every_file_is_used() -> None:
    used = set(find_resources()) | set(find_kustomizations())
    for path in find_kustomizations():
        patches = read_one(path).get("patches", [])
        used |= {(path.parent / patch["path"]).resolve() for patch in patches if "path" in patch}
    assert set(FOLDER.rglob("*.yaml")) == used
