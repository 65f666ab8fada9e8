"""The benchmark of servers: what it starts, asks, measures and leaves behind."""

import ast
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.serving.processes import (
    find_tagged,
    measure_memory_mib,
    start_server,
    take_free_ports,
)
from benchmarks.serving.questions import answer_here, ask_instances, draw_question
from benchmarks.serving.servers import PEERS, SERVERS, Server

ROOT = Path(__file__).parents[1]
ARTIFACT = ROOT / "artifacts" / "mlp" / "1"
# Leaves its group and its session, as the daemons of some servers do.
DETACH = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
time.sleep(60)
"""
FORK = """
import os, sys, time
held = bytearray(b"x" * {mib} * 2**20)
for _ in range({children}):
    if os.fork() == 0:
        break
time.sleep(60)
"""


def run_benchmark(
    *options: str | Path, path: str = os.environ["PATH"]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.serving", *map(str, options)],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def wait_for(tag: str, count: int) -> list[int]:
    end = time.monotonic() + 60
    while len(found := find_tagged(tag)) < count and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.2)  # what was just started has yet to settle
    return found


def test_stopping_a_server_stops_what_has_detached_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DETACH]
    with start_server(command, os.environ, tmp_path, 0, tmp_path / "log") as running:
        assert len(wait_for(running.tag, 2)) == 2
    assert find_tagged(running.tag) == []


def test_memory_of_one_process_is_its_resident_set() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    resident = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    assert measure_memory_mib([os.getpid()]) == pytest.approx(resident, rel=0.1)


def test_memory_counts_what_processes_share_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FORK.format(mib=100, children=2)]
    with start_server(command, os.environ, tmp_path, 0, tmp_path / "log") as running:
        processes = wait_for(running.tag, 3)
        assert len(processes) == 3
        assert 100 < measure_memory_mib(processes) < 150


def test_free_ports_differ() -> None:
    assert len(set(take_free_ports(5))) == 5


def test_question_has_the_answers_that_the_version_promises() -> None:
    probe = json.loads((ARTIFACT / "manifest.json").read_text())["probe"]
    op = np.array(["+-*/".index(symbol) for symbol in probe["op"]], np.int8)
    answers = answer_here(ARTIFACT, np.array(probe["a"]), op, np.array(probe["b"]))
    assert answers == pytest.approx(probe["predictions"], rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("wrong", [[1.0, 2.0, 3.0], [1.0], []], ids=["others", "fewer", "none"])
def test_wrong_answers_are_refused(wrong: list[float]) -> None:
    question = draw_question(ARTIFACT, 3, seed=0)
    question.check(question.answers.tolist())
    with pytest.raises(ValueError, match="expected the answers of ONNX Runtime"):
        question.check(wrong)


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_server_is_asked_all_problems_in_its_own_words(server: Server) -> None:
    question = draw_question(ARTIFACT, 5, seed=0)
    asked = json.loads(server.wording.encode(question))
    if "inputs" in asked:
        columns = {tensor["name"]: tensor["data"] for tensor in asked["inputs"]}
        assert columns == {"a": question.a, "op": question.op, "b": question.b}
        answer = {"outputs": [{"data": question.answers.tolist()}]}
    else:
        assert asked == ask_instances(question)
        answer = {"predictions": question.answers.tolist()}
    server.wording.check(question, json.dumps(answer).encode())
    with pytest.raises(ValueError, match="expected answers"):
        server.wording.check(question, b'{"error": "no"}')


@pytest.mark.parametrize("file", sorted(PEERS.glob("*.py")), ids=lambda file: file.stem)
def test_peer_stands_without_this_project(file: Path) -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported
    assert not imported & {"tabuada", "service", "trainer", "benchmarks"}


def test_every_peer_is_pinned_and_runs_one_network() -> None:
    peers = [server for server in SERVERS if server.require()]
    assert len(peers) >= 8
    for server in peers:
        assert all("==" in requirement for requirement in server.require()), server.name
    runtimes = {r for s in peers for r in s.require() if r.startswith("onnxruntime")}
    assert len(runtimes) == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_benchmark_measures_this_service(tmp_path: Path) -> None:
    result = tmp_path / "serving.json"
    done = run_benchmark("--servers", "ours", "--rounds=1", "--seconds=1", "--result", result)
    assert done.returncode == 0, done.stdout + done.stderr
    (ours,) = json.loads(result.read_text())["servers"]
    assert "not_run" not in ours
    assert [(load["rows"], load["connections"]) for load in ours["loads"]] == [
        (1, 1), (1, 32), (100, 1), (100, 32),
    ]  # fmt: skip
    assert all(load["errors"] == 0 for load in ours["loads"])
    assert all(load["requests_per_s"] > 0 for load in ours["loads"])


def test_benchmark_says_why_a_server_was_not_run(tmp_path: Path) -> None:
    (tmp_path / "wrk").write_text("#!/bin/sh\necho wrk none\n")
    (tmp_path / "wrk").chmod(0o755)
    (tmp_path / "file").touch()
    result = tmp_path / "serving.json"
    options = ("--servers", "floor", "--rounds=1", "--cache", tmp_path / "file")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = run_benchmark(*options, "--result", result, path=path)
    assert done.returncode == 0, done.stdout + done.stderr
    (floor,) = json.loads(result.read_text())["servers"]
    assert "failed" in floor["not_run"]


def test_benchmark_says_where_to_get_wrk(tmp_path: Path) -> None:
    done = run_benchmark("--servers", "ours", path=str(tmp_path))
    assert done.returncode == 1
    assert "apt-get install wrk" in done.stderr
