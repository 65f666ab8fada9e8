"""Starts one server, sees that it answers rightly, and drives it."""

import os
import statistics
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.serving.environments import prepare_environment, read_versions
from benchmarks.serving.processes import NotStarted, Running, start_server, take_free_ports
from benchmarks.serving.questions import Question
from benchmarks.serving.servers import PEERS, Server
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
    python = prepare_environment(plan.cache, server.name, server.require(), server.shared_libpython)
    record.versions = read_versions(python, server.libraries)
    ports = dict(zip(("port", "port_1", "port_2"), take_free_ports(3), strict=True))
    command = [str(python), *(part.format(**ports) for part in server.command)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with start_server(
            command, _set_environment(server, plan, ports, python), server.folder, ports["port"],
            folder / "log",
        ) as running:  # fmt: skip
            record.starts.append(_drive_all(running, server, plan, folder))


def _set_environment(
    server: Server, plan: Plan, ports: dict[str, int], python: Path
) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TABUADA_", "PYTHON"))}
    return {
        **kept,
        "ARTIFACT": str(plan.artifact),
        "TABUADA_ARTIFACTS": str(plan.artifact.parents[1]),
        "PYTHONPATH": str(PEERS) if server.folder != PEERS.parents[2] else "",
        "PYTHONDONTWRITEBYTECODE": "",
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": str(python.parents[1]),
        **{name: value.format(**ports) for name, value in server.environment.items()},
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
        drive(url, bodies[rows], connections, plan.warm_up_s, folder)
        loads[rows, connections] = drive(url, bodies[rows], connections, plan.seconds, folder)
    return Measured(start_s, running.measure_memory_mib(), loads)
