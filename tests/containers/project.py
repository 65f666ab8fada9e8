"""One project of the compose file, under a name and on ports of its own."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.containers.engine import run_command, run_docker
from tests.readme import ROOT

SERVICE = "service"
TRAINER = "trainer"
_COMMAND_S = 240.0
_PORTS = ("", "TENSORBOARD_", "PROMETHEUS_", "GRAFANA_")
QUESTION = {"a": [4.93], "op": ["+"], "b": [4.02]}
ANSWER = 8.95
TRAIN_S = 900.0  # for minutes of work on a machine that has other work too


class Project:
    """What `docker-compose` runs under one project name.

    Args:
        compose: The command that is Compose here.
        name: Of the project.
        folder: A folder to work in.
        override: A compose file over the repository's, as an object.
        settings: Variables that the compose file reads, beside the ports.
    """

    def __init__(
        self,
        compose: list[str],
        name: str,
        folder: Path,
        override: dict[str, Any] | None = None,
        settings: dict[str, str] | None = None,
    ) -> None:
        self._name = name
        self._command = [*compose, "--project-name", name]
        self._command += ["--file", str(ROOT / "docker-compose.yml")]
        if override is not None:
            file = folder / f"{name}.yml"
            file.write_text(json.dumps(override))  # JSON is YAML
            self._command += ["--file", str(file)]
        self.ports = {f"TABUADA_{kind}PORT": _find_free_port() for kind in _PORTS}
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("TABUADA_", "AWS_"))}
        ports = {key: str(port) for key, port in self.ports.items()}
        self._environment = inherited | ports | (settings or {})
        self.url = f"http://127.0.0.1:{self.ports['TABUADA_PORT']}"

    def compose(self, *arguments: str) -> str:
        """Run a Compose command and return what it says."""
        command = [*self._command, *arguments]
        return run_command(command, environment=self._environment, timeout_s=_COMMAND_S)

    def run_in_trainer(self, *command: str, stdin: bytes = b"") -> bytes:
        """Run a command in a further container of the trainer, and return its standard output."""
        program, *arguments = command
        options = ("run", "--rm", "-T", "--no-deps", "--entrypoint", program, TRAINER)
        done = subprocess.run(
            [*self._command, *options, *arguments],
            input=stdin,
            env=self._environment,
            capture_output=True,
            timeout=_COMMAND_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def back_up(self) -> bytes:
        """Return the store as a tar file, by the command that the operators' manual gives."""
        return self.run_in_trainer("tar", "-c", "--exclude=.staging", "-C", "/data/artifacts", ".")

    def restore(self, content: bytes) -> None:
        """Unpack a backup into the store."""
        self.run_in_trainer("tar", "-x", "-C", "/data/artifacts", stdin=content)

    def find_container(self, service: str) -> str:
        """Return the id of a service's container, running or not."""
        labels = {"project": self._name, "service": service, "oneoff": "False"}
        filters = [f"--filter=label=com.docker.compose.{k}={v}" for k, v in labels.items()]
        found = run_docker("ps", "--all", "--quiet", *filters).split()
        assert len(found) == 1, f"expected one container of {service}. Received: {found}"
        return found[0]

    def inspect(self, service: str, field: str) -> str:
        """Return a field of a service's container, in the notation of `docker inspect`."""
        return run_docker("inspect", "--format", f"{{{{{field}}}}}", self.find_container(service))

    def log(self, service: str) -> str:
        """Return all that a service's container has said, over its restarts."""
        return run_docker("logs", self.find_container(service))

    def wait_for_log(self, service: str, text: str, timeout_s: float = TRAIN_S) -> None:
        """Wait until a service has said something, while it runs."""

        def has_said() -> bool:
            ended = self.inspect(service, ".State.Status") == "exited"
            said = text in self.log(service)  # after the look at its state: it may end meanwhile
            assert said or not ended, f"{service} ended before {text!r}:\n{self.log(service)}"
            return said

        wait_until(f"{service} says {text!r}", has_said, timeout_s)

    def wait_for_exit(self, service: str, timeout_s: float = TRAIN_S) -> int:
        """Wait until a service's container has ended, and return its exit code."""
        wait_until(
            f"the end of {service}",
            lambda: self.inspect(service, ".State.Status") == "exited",
            timeout_s,
        )
        return int(self.inspect(service, ".State.ExitCode"))

    def kill_process(self, service: str) -> None:
        """Kill a container's first process, as the machine's memory killer would.

        Not with `docker kill`, after which the engine takes the container for one that is meant
        to be down. Nothing inside a container can do it: the kernel spares the first process.
        """
        number = self.inspect(service, ".State.Pid")
        assert number != "0", f"{service} does not run"
        run_docker(
            *("run", "--rm", "--pid=host", "--user=0", "--entrypoint=python", "tabuada-service"),
            *("-c", f"import os; os.kill({number}, 9)"),
        )

    def get(self, path: str) -> int:
        """Ask the service, and return the status; 0 where nothing answers."""
        return ask_status(self.url + path)

    def wait_for_status(self, path: str, status: int, timeout_s: float) -> float:
        """Wait until the service answers so, and return the seconds that it took."""
        return wait_until(f"{status} at {path}", lambda: self.get(path) == status, timeout_s)

    def predict(self, model: str) -> float:
        """Return a model's answer to the question."""
        answer = httpx.post(f"{self.url}/predict", json=QUESTION | {"model": model}, timeout=10)
        assert answer.status_code == 200, answer.text
        (value,) = answer.json()["predictions"]
        return float(value)

    def list_versions(self) -> dict[str, list[int]]:
        """Return the versions that the service sees, by model."""
        listed = httpx.get(f"{self.url}/models", timeout=10).json()["models"]
        return {model["model"]: model["versions"] for model in listed}

    def down(self, *options: str) -> None:
        """Remove containers and network; those of profiles too, which newer Composes leave."""
        profiles = (f"--profile={name}" for name in ("tensorboard", "monitoring"))
        self.compose(*profiles, "down", *options)

    def close(self) -> None:
        """Remove all that the project made, its volumes included."""
        self.down("--volumes", "--remove-orphans", "--timeout", "5")


def ask_status(url: str) -> int:
    """Return the status of an answer; 0 where nothing answers."""
    try:
        return httpx.get(url, timeout=10).status_code
    except httpx.TransportError:
        return 0


def wait_until(what: str, is_so: Callable[[], bool], timeout_s: float) -> float:
    """Wait until something is so, and return the seconds that it took."""
    begin = time.monotonic()
    while not is_so():
        assert time.monotonic() - begin < timeout_s, f"expected {what} within {timeout_s:.0f} s"
        time.sleep(0.1)
    return time.monotonic() - begin


def _find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
