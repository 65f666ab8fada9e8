"""Speaks to the Docker engine of this machine, old or current."""

import shutil
import subprocess
from collections.abc import Sequence

import pytest

_COMMAND_S = 240.0


def run_docker(*arguments: str, check: bool = True, timeout_s: float = _COMMAND_S) -> str:
    """Run a docker command and return what it says, standard error included.

    Args:
        arguments: After `docker`.
        check: Whether it must succeed.
        timeout_s: How long it may take.
    """
    return run_command(["docker", *arguments], check=check, timeout_s=timeout_s)


def run_command(
    command: Sequence[str],
    *,
    check: bool = True,
    environment: dict[str, str] | None = None,
    timeout_s: float = _COMMAND_S,
) -> str:
    """Run a command and return what it says, standard error included."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        timeout=timeout_s,
        check=False,
    )
    said = done.stdout.decode(errors="replace").strip()
    assert not check or done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{said}"
    return said


def find_compose() -> list[str]:
    """Return the command that is Compose here: the plugin where there is one."""
    if shutil.which("docker") is None or "Server:" not in run_docker("version", check=False):
        pytest.fail(
            "expected a running Docker engine. Received: none that answers. "
            "Debian, Ubuntu: apt-get install docker.io docker-compose, then start the service "
            "`docker`. Elsewhere: install Docker Engine or Docker Desktop, and start it"
        )
    if "Docker Compose version" in run_docker("compose", "version", check=False):
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    pytest.fail(
        "expected Compose. Received: neither `docker compose` nor `docker-compose`. "
        "Debian, Ubuntu: apt-get install docker-compose. Elsewhere: install the Compose plugin"
    )


def has_image(image: str) -> bool:
    """Return whether the engine holds an image."""
    return bool(run_docker("image", "ls", "--quiet", image))


def run_locked_down(
    image: str, *command: str, options: Sequence[str] = (), check: bool = True
) -> str:
    """Run a command in an image, locked down as the compose file has it, and return what it says.

    Args:
        image: The image.
        command: Program and arguments, in place of the image's own.
        options: Further options for `docker run`.
        check: Whether it must succeed.
    """
    program, *arguments = command
    return run_docker(
        *("run", "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"),
        *("--security-opt", "no-new-privileges:true", "--entrypoint", program, *options),
        *(image, *arguments),
        check=check,
        timeout_s=300,
    )
