"""Profile `monitoring`: Prometheus scrapes the service, Grafana shows the dashboard."""

from typing import Any

import httpx
import pytest

from tests.containers.conftest import StartProject
from tests.containers.engine import has_image, run_docker
from tests.containers.project import Project, ask_status, wait_until
from tests.containers.training import pack_shipped
from tests.readme import ROOT
from tests.test_deploy import find_rules, read_dashboard, read_yaml

pytestmark = pytest.mark.docker
IMAGES = {
    name: service["image"]
    for name, service in read_yaml(ROOT / "docker-compose.yml")["services"].items()
    if "monitoring" in service.get("profiles", ())
}


@pytest.fixture(scope="module")
def watched(start_project: StartProject) -> Project:
    """Return a project whose service has a version to serve."""
    project = start_project()
    project.restore(pack_shipped())
    project.compose("up", "--detach", "service")
    project.wait_for_status("/health/ready", 200, 60)
    return project


def start(project: Project, service: str) -> str:
    """Start one of the profile's services and return its address on this machine."""
    image = IMAGES[service]
    if not has_image(image):
        said = run_docker("pull", image, check=False, timeout_s=600)
        if not has_image(image):
            pytest.skip(f"{image} is neither here nor to be had: {said.splitlines()[-1]}")
    project.compose("--profile", "monitoring", "up", "--detach", service)
    return f"http://127.0.0.1:{project.ports[f'TABUADA_{service.upper()}_PORT']}"


def test_prometheus_scrapes_the_service_and_loads_the_alerts(watched: Project) -> None:
    url = start(watched, "prometheus")
    wait_until("Prometheus", lambda: ask_status(f"{url}/-/ready") == 200, 60)

    def ask(path: str, **parameters: str) -> Any:
        return httpx.get(f"{url}/api/v1/{path}", params=parameters).json()["data"]

    def is_up() -> bool:
        return [target["health"] for target in ask("targets")["activeTargets"]] == ["up"]

    wait_until("a target that is up", is_up, 60)
    assert watched.predict("arithmetic") == pytest.approx(8.95, abs=1e-6)
    rules = [rule["name"] for group in ask("rules")["groups"] for rule in group["rules"]]
    assert rules == [rule["alert"] for rule in find_rules()]
    asked = 'sum(tabuada_requests_total{route="/predict"})'
    wait_until("the request in a series", lambda: bool(ask("query", query=asked)["result"]), 60)
    assert not [alert for alert in ask("alerts")["alerts"] if alert["state"] == "firing"]
    assert watched.inspect("prometheus", ".HostConfig.ReadonlyRootfs") == "true"


def test_grafana_has_the_dashboard_and_reaches_prometheus(watched: Project) -> None:
    url = start(watched, "grafana")
    start(watched, "prometheus")
    wait_until("Grafana", lambda: ask_status(f"{url}/api/health") == 200, 120)
    with httpx.Client(base_url=url, auth=("admin", "admin")) as client:
        dashboard = read_dashboard()
        shown = client.get(f"/api/dashboards/uid/{dashboard['uid']}").json()["dashboard"]
        assert shown["title"] == dashboard["title"]
        source = client.get("/api/datasources/uid/prometheus/health").json()
        assert source["status"] == "OK", source
