"""What one manifest says of another holds, in every overlay as it is rendered."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kubernetes.manifests import (
    OVERLAYS,
    Manifest,
    Pod,
    find_kind,
    find_names,
    find_one,
    find_pod,
    find_pods,
    render,
)

overlays = pytest.mark.parametrize("overlay", OVERLAYS)
serving = pytest.mark.parametrize("overlay", ["shared-volume", "object-store"])


def select(selector: Manifest, pods: list[Pod]) -> list[Pod]:
    """Return the pods that a label selector means."""
    assert selector, "an empty one would mean every pod of the namespace"
    return [pod for pod in pods if all(_requirements(selector, pod))]


def _requirements(selector: Manifest, pod: Pod) -> Iterator[bool]:
    for key, value in selector.get("matchLabels", {}).items():
        yield pod.labels.get(key) == value
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "In"
        yield pod.labels.get(expression["key"]) in expression["values"]


@overlays
def test_network_policy_selects_pods_and_names_their_ports(overlay: str) -> None:
    manifests = render(overlay)
    pods = find_pods(manifests)
    policies = find_kind(manifests, "NetworkPolicy")
    assert policies
    for policy in policies:
        selected = select(policy["spec"]["podSelector"], pods)
        assert selected, policy["metadata"]["name"]
        for rule in policy["spec"].get("ingress", []):
            for port in rule.get("ports", []):
                assert any(port["port"] in pod.ports for pod in selected), port


@overlays
def test_every_pod_is_closed_to_what_no_policy_names(overlay: str) -> None:
    manifests = render(overlay)
    pods = find_pods(manifests)
    closed = [
        pod
        for policy in find_kind(manifests, "NetworkPolicy")
        if "Ingress" in policy["spec"]["policyTypes"]
        for pod in select(policy["spec"]["podSelector"], pods)
    ]
    assert [pod.owner for pod in pods if pod not in closed] == []


@serving
def test_egress_is_closed_but_for_what_the_store_needs(overlay: str) -> None:
    manifests = render(overlay)
    ports = {
        port["port"]
        for policy in find_kind(manifests, "NetworkPolicy")
        for rule in policy["spec"].get("egress", [])
        for port in rule["ports"]
    }
    assert ports == ({53} if overlay == "shared-volume" else {53, 443})


@serving
def test_selectors_mean_the_pods_of_the_service(overlay: str) -> None:
    manifests = render(overlay)
    pods = find_pods(manifests)
    deployment = find_one(manifests, "Deployment")["spec"]
    spreads = deployment["template"]["spec"]["topologySpreadConstraints"]
    service = find_one(manifests, "Service")["spec"]
    selectors = [
        deployment["selector"],
        find_one(manifests, "PodDisruptionBudget")["spec"]["selector"],
        {"matchLabels": service["selector"]},
        *(spread["labelSelector"] for spread in spreads),
    ]
    for selector in selectors:
        assert [pod.owner for pod in select(selector, pods)] == ["Deployment"]
    for port in service["ports"]:
        assert port["targetPort"] in find_pod(manifests, "Deployment").ports


@serving
def test_autoscaler_has_the_deployment_to_itself(overlay: str) -> None:
    manifests = render(overlay)
    deployment = find_one(manifests, "Deployment")
    autoscaler = find_one(manifests, "HorizontalPodAutoscaler")["spec"]
    target = autoscaler["scaleTargetRef"]
    assert (target["apiVersion"], target["kind"]) == (deployment["apiVersion"], deployment["kind"])
    assert target["name"] == deployment["metadata"]["name"]
    assert "replicas" not in deployment["spec"], "applying it would undo the scaling"
    assert 2 <= autoscaler["minReplicas"] < autoscaler["maxReplicas"]
    # A share of the request: without one the autoscaler has nothing to compare with.
    requests = find_pod(manifests, "Deployment").container["resources"]["requests"]
    assert {metric["resource"]["name"] for metric in autoscaler["metrics"]} <= set(requests)


@overlays
def test_volumes_are_mounted_and_exist(overlay: str) -> None:
    manifests = render(overlay)
    claims = find_names(manifests, "PersistentVolumeClaim")
    for pod in find_pods(manifests):
        volumes = {volume["name"]: volume for volume in pod.spec["volumes"]}
        mounts = pod.container["volumeMounts"]
        assert {mount["name"] for mount in mounts} == set(volumes), pod.owner
        assert len({mount["mountPath"] for mount in mounts}) == len(mounts)
        claimed = {
            volume["persistentVolumeClaim"]["claimName"]
            for volume in volumes.values()
            if "persistentVolumeClaim" in volume
        }
        assert claimed <= claims, pod.owner


@overlays
def test_named_objects_exist_or_may_be_missing(overlay: str) -> None:
    manifests = render(overlay)
    for pod in find_pods(manifests):
        account = pod.spec.get("serviceAccountName")
        assert account is None or account in find_names(manifests, "ServiceAccount")
        for source in pod.container.get("envFrom", []):
            for kind, named in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                reference: dict[str, Any] = source.get(named, {"optional": True})
                exists = reference.get("name") in find_names(manifests, kind)
                assert exists or reference.get("optional"), reference


def test_only_the_trainer_may_write_to_the_shared_volume() -> None:
    manifests = render("shared-volume")
    writers = [
        pod.owner
        for pod in find_pods(manifests)
        for mount in pod.container["volumeMounts"]
        if mount["name"] == "artifacts" and not mount.get("readOnly")
    ]
    assert writers == ["Job"]
    (claim,) = (
        claim
        for claim in find_kind(manifests, "PersistentVolumeClaim")
        if claim["metadata"]["name"] == "tabuada-artifacts"
    )
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


def test_object_store_needs_no_volume_of_many_nodes() -> None:
    manifests = render("object-store")
    claims = find_kind(manifests, "PersistentVolumeClaim")
    assert [claim["spec"]["accessModes"] for claim in claims] == [["ReadWriteOnce"]]
    accounts = {pod.owner: pod.spec["serviceAccountName"] for pod in find_pods(manifests)}
    assert len(set(accounts.values())) == 2, "so that a cloud can let only one of them write"
