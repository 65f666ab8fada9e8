"""The search on Ray: its manifests fit the trainer, its image and each other."""

import re
import shlex

import pytest

from tests.kubernetes.manifests import ROOT, Manifest, find_names, find_one, find_pod, render
from trainer.cli import main

kinds = pytest.mark.parametrize("kind", ["RayCluster", "RayJob"])


def read_cluster(kind: str) -> Manifest:
    """Return the specification of the cluster that one of KubeRay's kinds describes."""
    if kind == "RayCluster":
        cluster = find_one(render("ray/cluster"), kind)["spec"]
    else:
        cluster = find_one(render("ray/job"), kind)["spec"]["rayClusterSpec"]
    assert isinstance(cluster, dict)
    return cluster


def read_entrypoint() -> list[str]:
    return shlex.split(find_one(render("ray/job"), "RayJob")["spec"]["entrypoint"])


def test_job_brings_the_cluster_and_leaves_none_behind() -> None:
    assert read_cluster("RayJob") == read_cluster("RayCluster")
    manifests = render("ray/job")
    assert find_names(manifests, "RayCluster") == set()
    assert find_one(manifests, "RayJob")["spec"]["shutdownAfterJobFinishes"] is True


def test_ray_is_that_of_the_image() -> None:
    lock = (ROOT / "requirements" / "train-ray.txt").read_text("utf-8")
    (locked,) = re.findall(r"^ray(?:\[[a-z,]+\])?==(\S+)", lock, re.M)
    assert read_cluster("RayCluster")["rayVersion"] == locked


def test_trials_run_on_workers_and_fill_them() -> None:
    cluster = read_cluster("RayJob")
    assert cluster["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"
    (group,) = cluster["workerGroupSpecs"]
    cpus = group["rayStartParams"]["num-cpus"]
    assert group["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] == cpus
    assert cluster["enableInTreeAutoscaling"] is True
    assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
    entrypoint = read_entrypoint()
    parallel = int(entrypoint[entrypoint.index("--parallel") + 1])
    assert parallel == group["maxReplicas"] * int(cpus), "workers come for trials that wait"


def test_trainer_takes_the_entrypoint(capsys: pytest.CaptureFixture[str]) -> None:
    python, option, package, *arguments = read_entrypoint()
    assert [python, option, package] == ["python", "-m", "trainer"]
    # A preset that there is not ends it, once every argument is understood.
    assert main([*arguments, "--preset", "none"]) == 2
    assert "none" in capsys.readouterr().err


@kinds
def test_results_stay_when_the_head_goes(kind: str) -> None:
    manifests = render("ray/cluster" if kind == "RayCluster" else "ray/job")
    head = find_pod(manifests, f"{kind} head")
    mounts = {mount["mountPath"]: mount["name"] for mount in head.container["volumeMounts"]}
    entrypoint = read_entrypoint()
    runs = mounts[entrypoint[entrypoint.index("--runs") + 1]]
    (volume,) = (volume for volume in head.spec["volumes"] if volume["name"] == runs)
    claim = volume["persistentVolumeClaim"]["claimName"]
    assert claim in find_names(manifests, "PersistentVolumeClaim")


def test_publishing_reads_the_runs_of_the_search() -> None:
    trainer = find_pod(render("shared-volume"), "Job")
    search = find_pod(render("ray/job"), "RayJob head")
    claims = [
        volume["persistentVolumeClaim"]["claimName"]
        for pod in (trainer, search)
        for volume in pod.spec["volumes"]
        if volume["name"] == "runs"
    ]
    assert claims == ["tabuada-runs"] * 2


@kinds
def test_nobody_else_may_run_code_in_the_cluster(kind: str) -> None:
    assert read_cluster(kind)["authOptions"] == {"mode": "token"}
    autoscaler = read_cluster(kind)["autoscalerOptions"]
    head = read_cluster(kind)["headGroupSpec"]["template"]["spec"]["containers"][0]
    assert autoscaler["securityContext"] == head["securityContext"]
