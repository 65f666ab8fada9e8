"""What `deploy/` names exists: each metric and label, in the text that a running service gives."""

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tabuada.artifacts.store import Store
from tests.promql import find_labels, find_metrics
from tests.service.serving import ROOT, Server
from tests.service.tensors import INFER, as_tensors
from tests.service.tiny import fit_network, publish_tiny

DEPLOY = ROOT / "deploy"
PROMETHEUS = DEPLOY / "prometheus" / "prometheus.yml"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
TRIED = DEPLOY / "prometheus" / "alerts-test.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "tabuada.json"
# Prometheus itself adds these to what it scrapes.
ITS_METRICS = {"up"}
ITS_LABELS = {"instance", "job"}

# Shown once requests have been run together, which happens where that pays; its labels are
# those of the time to compute.
BATCH_METRICS = {f"tabuada_batch_rows_{part}" for part in ("bucket", "sum", "count")}

Series = dict[str, set[str]]


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def read_dashboard() -> dict[str, Any]:
    dashboard: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return dashboard


def find_panels() -> list[dict[str, Any]]:
    return [panel for panel in read_dashboard()["panels"] if panel["type"] != "row"]


def find_rules() -> list[dict[str, Any]]:
    return [rule for group in read_yaml(ALERTS)["groups"] for rule in group["rules"]]


def find_tried_series() -> list[tuple[str, set[str]]]:
    """Return name and labels of each series that `alerts-test.yml` tries the alerts on."""
    tried = [
        entry["series"] for test in read_yaml(TRIED)["tests"] for entry in test["input_series"]
    ]
    return [(name, find_labels(series)) for series in tried for name in find_metrics(series)]


def find_expressions() -> dict[str, str]:
    """Return every expression by where it stands."""
    found = {f"alert {rule['alert']}": rule["expr"] for rule in find_rules()}
    for panel in find_panels():
        for target in panel["targets"]:
            found[f"panel {panel['title']} {target['refId']}"] = target["expr"]
    dashboard = read_dashboard()
    for note in dashboard["annotations"]["list"]:
        found[f"annotation {note['name']}"] = note["expr"]
    for variable in dashboard["templating"]["list"]:
        asked = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable.get("definition", ""))
        if asked:
            found[f"variable {variable['name']}"] = f"sum by ({asked[2]}) ({asked[1]})"
    return found


EXPRESSIONS = pytest.mark.parametrize("place", find_expressions())


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Series]:
    """What a service shows that has seen a bit of everything: names, each with its labels."""
    folder = tmp_path_factory.mktemp("watched")
    store = Store(folder / "artifacts")
    publish_tiny(store, folder / "first", fit_network(1))
    server = Server(store.location, folder / "log", max_json_rows=100)
    server.wait_ready()
    try:
        ask_a_bit_of_everything(server)
        publish_tiny(store, folder / "second", fit_network(2))
        server.wait_for_version(2)
        publish_tiny(store, folder / "third", fit_network(3), lie=1.0)
        yield wait_for_refused_swap(server)
    finally:
        server.stop()


def ask_a_bit_of_everything(server: Server) -> None:
    with httpx.Client(base_url=server.url) as client:
        answered = client.post("/predict", json={"a": [1, 99], "op": "+", "b": [2, 99]})
        assert answered.json()["out_of_domain"] == [1]
        assert client.post(INFER, json=as_tensors([(1, "+", 2)])).status_code == 200
        assert client.post("/evaluate", json={"sample": {"n": 10}}).status_code == 200
        assert client.post("/predict", json={"a": [1] * 101, "op": "+", "b": [1]}).is_client_error
        assert client.get("/nope").status_code == 404


def wait_for_refused_swap(server: Server) -> Series:
    """Return what there is when a version was refused, or soon after."""
    end = time.monotonic() + 60
    while True:
        answer = httpx.get(f"{server.url}/metrics")
        assert answer.status_code == 200, answer.text
        if 'result="refused"' in answer.text or time.monotonic() > end:
            return read_series(answer.text)
        time.sleep(0.1)


def read_series(text: str) -> Series:
    found: Series = defaultdict(set)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] |= set(sample.labels)
    return found


@EXPRESSIONS
def test_every_metric_and_label_exists(series: Series, place: str) -> None:
    expression = find_expressions()[place]
    metrics = find_metrics(expression) - ITS_METRICS - BATCH_METRICS
    assert metrics <= set(series), metrics - set(series)
    known = set().union(*(series[metric] for metric in metrics)) | ITS_LABELS
    if BATCH_METRICS & find_metrics(expression):
        known |= series["tabuada_compute_duration_seconds_bucket"]
    assert find_labels(expression) <= known, find_labels(expression) - known


def test_everything_the_service_shows_of_itself_is_watched(series: Series) -> None:
    watched = set().union(*map(find_metrics, find_expressions().values()))
    own = {name for name in series if name.startswith("tabuada_") and not name.endswith("_created")}
    assert _name_families(own) <= _name_families(watched)


def _name_families(names: set[str]) -> set[str]:
    return {re.sub("_(bucket|sum|count)$", "", name) for name in names}


def test_every_panel_says_what_it_shows() -> None:
    panels = find_panels()
    titles = [panel["title"] for panel in panels]
    assert len(titles) == len(set(titles)) >= 15
    for panel in panels:
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
    numbers = [panel["id"] for panel in read_dashboard()["panels"]]
    assert len(numbers) == len(set(numbers))


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in read_dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_every_alert_says_what_is_wrong() -> None:
    rules = find_rules()
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 5
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_prometheus_scrapes_the_service_of_the_compose_file() -> None:
    config = read_yaml(PROMETHEUS)
    (job,) = config["scrape_configs"]
    (targets,) = job["static_configs"]
    assert targets["targets"] == ["service:8000"]
    assert "service" in read_yaml(ROOT / "docker-compose.yml")["services"]
    for name in config["rule_files"]:
        assert (PROMETHEUS.parent / name).is_file()


def test_grafana_finds_prometheus_and_the_dashboards() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = read_yaml(provisioning / "datasources" / "prometheus.yml")["datasources"]
    chosen = read_dashboard()["templating"]["list"][0]
    assert (chosen["type"], chosen["query"]) == ("datasource", source["type"])
    assert chosen["current"]["value"] == source["uid"]
    (provider,) = read_yaml(provisioning / "dashboards" / "tabuada.yml")["providers"]
    assert provider["options"]["path"].startswith("/")


def test_alerts_are_tried_on_series_that_exist(series: Series) -> None:
    for name, labels in find_tried_series():
        assert name in series.keys() | ITS_METRICS, name
        assert labels <= series.get(name, set()) | ITS_LABELS, name


def test_promql_is_read_right() -> None:
    expression = (
        'histogram_quantile(0.9, sum by (le, model) (rate(a_bucket{b=~"x{}", c!="d"}[5m])))'
        " / ignoring(z) (e:f or vector(0)) > bool 1e3"
    )
    assert find_metrics(expression) == {"a_bucket", "e:f"}
    assert find_labels(expression) == {"le", "model", "b", "c", "z"}
