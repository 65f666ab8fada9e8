"""`/v2` as KServe's own client uses it.

That client pins packages that this project has newer, so it lives in an environment of its own,
made at the first run: some seconds and 450 MB. `make clean` removes it.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.environments import make_environment
from tests.service.serving import Server
from tests.service.test_predict import Networks, Rows, make_rows
from tests.service.tiny import check_answers

KSERVE = "0.21.0"
ROWS: Rows = [*make_rows(1500), (11, "+", 2)]
_SCRIPT = Path(__file__).with_name("kserve_client.py")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers(server: Server) -> dict[str, Any]:
    """What the client got."""
    asked = json.dumps({"url": server.url, "rows": ROWS})
    done = subprocess.run(
        [make_environment(f"kserve-{KSERVE}", f"kserve=={KSERVE}"), str(_SCRIPT)],
        input=asked,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    decoded: dict[str, Any] = json.loads(done.stdout)
    return decoded


def test_client_learns_what_is_served(answers: dict[str, Any]) -> None:
    assert answers["live"] is True
    assert answers["ready"] is True
    models = {"mlp": True, "mlp/versions/3": True, "arithmetic": True, "nope": False}
    assert answers["models"] == models


@pytest.mark.parametrize("way", ["json, json", "json, binary", "binary, json", "binary, binary"])
@pytest.mark.parametrize(
    ("model", "version"), [("mlp", 2), ("mlp/versions/3", 3), ("arithmetic", 1)]
)
def test_client_gets_the_networks_answers(
    answers: dict[str, Any], networks: Networks, model: str, version: int, way: str
) -> None:
    answer = answers["answers"][model][way]
    assert answer["id"] == "7"
    assert answer["model"] == model.split("/", maxsplit=1)[0]
    check_answers(answer["prediction"], networks[version].forward(ROWS))
    assert np.flatnonzero(answer["out_of_domain"]).tolist() == [1500]


def test_client_gets_the_output_it_asks_for(answers: dict[str, Any], networks: Networks) -> None:
    answer = answers["one output"]
    assert set(answer) == {"id", "model", "prediction"}
    check_answers(answer["prediction"], networks[2].forward(ROWS))


def test_client_raises_what_the_service_says(answers: dict[str, Any]) -> None:
    (division, said), (absent, _) = answers["refusals"]
    assert division == 422
    assert said.startswith("inputs[2].data[0]: expected a divisor other than")
    assert absent == 404
