"""Tests of the search on Ray where there is no cluster, or no Ray."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ports import hold_port
from tests.trainer.conftest import ENVIRONMENT, TINY, run_trainer

ROOT = Path(__file__).parents[2]
SEARCH = ("search", "--preset", "seed", "--config", TINY)


@pytest.mark.parametrize("address", ["listening to nobody", "nonsense", "ray://127.0.0.1:10001"])
def test_unreachable_cluster_is_told_at_once(address: str, tmp_path: Path) -> None:
    started = time.monotonic()
    with hold_port() as port:
        address = f"127.0.0.1:{port}" if "nobody" in address else address
        done = run_trainer(*SEARCH, "--ray", address, "--runs", tmp_path)
    assert time.monotonic() - started < 60  # Ray itself would try for two minutes
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: expected a Ray cluster at {address} that this machine")
    assert done.stderr.count("\n") == 1


def test_search_on_ray_without_ray_names_the_extra(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['ray'] = None; from trainer.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, SEARCH), "--ray", "auto", "--runs", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: --ray: expected Ray. Received: ")
    assert done.stderr.endswith(f"Install it: pip install '{ROOT}[ray]'\n")
    assert not list(tmp_path.iterdir())
