"""The compose files, read: what a running engine would find out late, or not at all."""

import re
from typing import Any

import pytest

from benchmarks.images import VARIANTS
from benchmarks.rendering import read_table
from tests.readme import ROOT
from tests.test_deploy import DEPLOY, read_dashboard, read_yaml

SERVICES: dict[str, dict[str, Any]] = read_yaml(ROOT / "docker-compose.yml")["services"]
GPU: dict[str, dict[str, Any]] = read_yaml(ROOT / "docker-compose.gpu.yml")["services"]
each = pytest.mark.parametrize("name", SERVICES)


@each
def test_container_may_do_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert "privileged" not in service
    assert "user" not in service, "every image has an ordinary user of its own"


@each
def test_image_is_built_here_or_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    if "build" in SERVICES[name]:
        assert VARIANTS[image] == (
            SERVICES[name]["build"]["target"],
            SERVICES[name]["build"]["args"]["LOCK"],
        )
    else:
        assert re.fullmatch(r"\w+/\w+:v?\d+\.\d+\.\d+", image), (
            "no registry's name, a whole version"
        )


@each
def test_mounted_paths_exist_and_are_read_only(name: str) -> None:
    for mount in SERVICES[name]["volumes"]:
        source, _, mode = mount.split(":") if mount.count(":") == 2 else (*mount.split(":"), "rw")
        if source.startswith("."):
            assert (ROOT / source).is_dir(), mount
            assert mode == "ro", mount
        else:
            assert source in read_yaml(ROOT / "docker-compose.yml")["volumes"]


def test_service_cannot_write_to_the_store() -> None:
    assert SERVICES["service"]["volumes"] == ["artifacts:/data/artifacts:ro"]


def test_what_asks_for_no_key_listens_on_this_machine_alone() -> None:
    for name in ("prometheus", "grafana"):
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])


def test_grafana_finds_what_is_mounted() -> None:
    targets = dict(mount.split(":")[:2] for mount in SERVICES["grafana"]["volumes"])
    provisioning = DEPLOY / "grafana" / "provisioning"
    (provider,) = read_yaml(provisioning / "dashboards" / "tabuada.yml")["providers"]
    assert targets["./deploy/grafana/dashboards"] == provider["options"]["path"]
    for folder in ("datasources", "dashboards"):
        source = f"./deploy/grafana/provisioning/{folder}"
        assert targets[source] == f"/etc/grafana/provisioning/{folder}"
    (data,) = read_yaml(provisioning / "datasources" / "prometheus.yml")["datasources"]
    assert data["url"] == "http://prometheus:9090"
    assert "prometheus" in SERVICES
    assert read_dashboard()["uid"]


def test_gpu_file_takes_the_variants_and_one_device_each() -> None:
    assert GPU.keys() == {"trainer", "service", "tensorboard"}
    for name, service in GPU.items():
        assert VARIANTS[service["image"]] == (
            SERVICES[name]["build"]["target"],
            service["build"]["args"]["LOCK"],
        )
    for name in ("trainer", "service"):
        (device,) = GPU[name]["deploy"]["resources"]["reservations"]["devices"]
        assert device == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
    assert "deploy" not in GPU["tensorboard"]


@pytest.mark.parametrize("image", VARIANTS)
def test_variant_has_its_lock_and_was_measured(image: str) -> None:
    target, lock = VARIANTS[image]
    assert (ROOT / "requirements" / f"{lock}.txt").is_file()
    assert f"AS {target}\n" in (ROOT / "Dockerfile").read_text("utf-8")
    (row,) = [row for row in read_table("images.csv") if row["image"] == image]
    assert row["lock"] == lock
    assert int(row["added_mb"]) > 0


def test_measured_service_is_small() -> None:
    (row,) = [row for row in read_table("images.csv") if row["image"] == "tabuada-service"]
    assert int(row["added_mb"]) <= 220
