"""The alerts in `deploy/`, as Prometheus itself reads and evaluates them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_deploy import ALERTS, PROMETHEUS, TRIED, find_expressions, find_rules, read_yaml

_UNPACKED = Path(__file__).parents[1] / ".venv" / "promtool"


def run_promtool(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run Prometheus' own tool; skip the test where there is none."""
    found = str(_UNPACKED) if _UNPACKED.exists() else shutil.which("promtool")
    if found is None:
        pytest.skip("expected promtool. Received: none. Try: make .venv/promtool")
    command = [found, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_prometheus_accepts_its_files_and_every_expression(tmp_path: Path) -> None:
    rules = [
        {"record": f"x{index}", "expr": re.sub(r"\$__\w+", "5m", expression)}
        for index, expression in enumerate(find_expressions().values())
    ]
    written = tmp_path / "expressions.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
    for kind, path in (("config", PROMETHEUS), ("rules", written)):
        done = run_promtool("check", kind, path)
        assert done.returncode == 0, done.stdout + done.stderr


def find_tries() -> list[dict[str, Any]]:
    """Return each look at an alert, by `alerts-test.yml`."""
    tests = read_yaml(TRIED)["tests"]
    return [tried for test in tests for tried in test.get("alert_rule_test", [])]


def test_alerts_fire_on_what_should_make_them_and_on_nothing_else() -> None:
    done = run_promtool("test", "rules", TRIED)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tried() -> None:
    alerts = {rule["alert"] for rule in find_rules()}
    assert {tried["alertname"] for tried in find_tries() if tried["exp_alerts"]} == alerts
    assert {tried["alertname"] for tried in find_tries() if not tried["exp_alerts"]} == alerts


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param("vector(0) > 1", id="never fires"),
        pytest.param("vector(1)", id="always fires"),
    ],
)
def test_alert_that_is_wrong_is_noticed(spoiled: str, tmp_path: Path) -> None:
    rules = read_yaml(ALERTS)
    for rule in rules["groups"][0]["rules"]:
        rule["expr"] = spoiled
    (tmp_path / ALERTS.name).write_text(yaml.safe_dump(rules))
    (tmp_path / TRIED.name).write_bytes(TRIED.read_bytes())
    done = run_promtool("test", "rules", tmp_path / TRIED.name)
    assert done.returncode == 1
    failed = set(re.findall(r"alertname: (\w+),", done.stdout + done.stderr))
    assert failed == {rule["alert"] for rule in find_rules()}
