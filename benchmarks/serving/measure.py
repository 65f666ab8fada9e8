"""Starts one server, sees that it answers rightly, and drives it."""

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.serving.environments import find_library_folder, prepare_environment, read_versions
from benchmarks.serving.processes import NotStarted, Running, start_server, take_free_ports
from benchmarks.serving.questions import Question
from benchmarks.serving.servers import Server
from benchmarks.serving.wrk import Load, drive

LOADS = ((1, 1), (1, 32), (100, 1), (100, 32))
"""Rows of a request, and connections at a time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What all servers have in common.

    Attributes:
        artifact: The published version that they serve.
        questions: What is asked, by number of rows.
        seconds: How long each load takes.
        warm_up_s: How long each load is applied before.
        cache: Folder of the environments.
    """

    artifact: Path
    questions: dict[int, Question]
    seconds: float
    warm_up_s: float
    cache: Path


@dataclass(slots=True)
class Measured:
    """What one start of a server gave."""

    start_s: float
    memory_mib: float
    loads: dict[tuple[int, int], Load]


@dataclass(slots=True)
class Record:
    """What all starts of a server gave, or why there are none."""

    server: Server
    versions: dict[str, str] = field(default_factory=dict)
    starts: list[Measured] = field(default_factory=list)
    reason: str = ""

    def describe(self) -> dict[str, Any]:
        """Return the medians, for the result."""
        about = {
            "name": self.server.name,
            "title": self.server.title,
            "note": self.server.note,
            "versions": self.versions,
        }
        if self.reason:
            return {**about, "not_run": self.reason}
        return {
            **about,
            "start_s": round(statistics.median(s.start_s for s in self.starts), 2),
            "memory_mib": round(statistics.median(s.memory_mib for s in self.starts)),
            "loads": [self._describe_load(load) for load in LOADS],
        }

    def _describe_load(self, load: tuple[int, int]) -> dict[str, Any]:
        rounds = [asdict(start.loads[load]) for start in self.starts]
        by_name = {name: [row[name] for row in rounds] for name in rounds[0]}
        return {
            "rows": load[0],
            "connections": load[1],
            "requests_per_s": round(statistics.median(by_name["requests_per_s"]), 1),
            "p50_ms": round(statistics.median(by_name["p50_ms"]), 3),
            "p99_ms": round(statistics.median(by_name["p99_ms"]), 3),
            "errors": sum(by_name["errors"]),
            "each_requests_per_s": [round(rate, 1) for rate in by_name["requests_per_s"]],
        }


def measure_server(server: Server, plan: Plan, record: Record) -> None:
    """Start a server once and add what it gave.

    Raises:
        NotInstalled: Its environment cannot be made.
        NotStarted: It does not come up.
        ValueError: It does not give the network's answers.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with start(server, plan, folder) as running:
            python = find_python(server, plan)
            record.versions = read_versions(python, server.libraries)
            record.starts.append(_drive_all(running, server, plan, folder))


def find_python(server: Server, plan: Plan) -> Path:
    """Return the interpreter of a server's environment, which is made if need be.

    Raises:
        NotInstalled: It cannot be made.
    """
    return prepare_environment(plan.cache, server.name, server.require(), server.shared_libpython)


@contextmanager
def start(server: Server, plan: Plan, folder: Path) -> Iterator[Running]:
    """Run a server on free ports, with a folder of its own."""
    python = find_python(server, plan)
    port, *others = take_free_ports(3)
    places = {"port": port, "port_1": others[0], "port_2": others[1], "scratch": folder}
    program, *rest = (part.format(**places) for part in server.command)
    command = [str(python.parent / program), *rest]
    environment = _set_environment(server, plan, python)
    environment |= {n: value.format(**places) for n, value in server.environment.items()}
    with start_server(command, environment, server.folder, port, folder / "log") as running:
        yield running


def _set_environment(server: Server, plan: Plan, python: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TABUADA_", "PYTHON"))}
    if server.shared_libpython:
        kept["LD_LIBRARY_PATH"] = find_library_folder(python)
    return {
        **kept,
        "ARTIFACT": str(plan.artifact),
        "TABUADA_ARTIFACTS": str(plan.artifact.parents[1]),
        "TABUADA_DEFAULT_MODEL": plan.artifact.parent.name,
        # That very version, whatever was published since.
        "TABUADA_VERSION_POLICY": f"{plan.artifact.parent.name}={plan.artifact.name}",
        "PYTHONPATH": str(server.folder),
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": str(python.parents[1]),
    }


def _drive_all(running: Running, server: Server, plan: Plan, folder: Path) -> Measured:
    wording = server.wording
    bodies = {rows: wording.encode(question) for rows, question in plan.questions.items()}
    start_s = running.wait_ready(wording.path, bodies[1])
    for rows, body in bodies.items():
        status, answer = running.post(wording.path, body)
        if status != 200:
            raise NotStarted(f"{rows} rows are answered {status}: {answer[:300]!r}")
        wording.check(plan.questions[rows], answer)
    url = f"http://127.0.0.1:{running.port}{wording.path}"
    loads = {}
    for rows, connections in LOADS:
        for seconds in (plan.warm_up_s, plan.seconds):
            load = drive(url, bodies[rows], connections, seconds, folder)
            running.post(wording.path, bodies[1])  # comes after what wrk did not wait for
        if not load.requests_per_s:
            raise NotStarted(f"no answer to {rows} rows in {plan.seconds} s")
        loads[rows, connections] = load
    return Measured(start_s, running.measure_memory_mib(), loads)
