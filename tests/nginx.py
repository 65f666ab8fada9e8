"""A real nginx in front of a service, which serves it under a prefix."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.ports import hold_port

_UNPACKED = Path(__file__).parents[1] / ".venv" / "nginx"
_DEADLINE_S = 60.0
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
# One process, as whoever runs the tests; all that it writes is in one folder.
_CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/errors warn;
events {{}}
http {{
    access_log off;
    client_max_body_size 0;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        location {prefix}/ {{
            proxy_pass {upstream};
            {more}
        }}
    }}
}}
"""


@contextmanager
def serve_under(
    upstream: str, prefix: str, folder: Path, *, stripped: bool = True, more: str = ""
) -> Iterator[str]:
    """Serve a service under a prefix, and return the address of its root there, without a slash.

    As nginx does it when it is told no more: the service sees HTTP/1.0, and its own Host.

    Args:
        upstream: The service's address, such as `http://127.0.0.1:8000`.
        prefix: The prefix, such as `/tabuada`.
        folder: Where nginx may write.
        stripped: Whether the service sees addresses without the prefix.
        more: Further directives for the location.
    """
    (folder / "nginx").mkdir()
    folder = folder / "nginx"
    with hold_port() as port:
        (folder / "conf").write_text(
            _CONFIGURATION.format(
                folder=folder,
                port=port,
                prefix=prefix,
                upstream=f"{upstream}/" if stripped else upstream,
                temporary="\n    ".join(
                    f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY
                ),
                more=more,
            )
        )
        command = [find_nginx(), "-p", str(folder), "-c", str(folder / "conf")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*command, "-e", str(folder / "errors")], stderr=log)
        try:
            _wait_until_it_listens(process, port, folder)
            yield f"http://127.0.0.1:{port}{prefix}"
        finally:
            process.terminate()
            process.wait(_DEADLINE_S)


def find_nginx() -> str:
    """Return the program; skip the test where there is none."""
    found = str(_UNPACKED) if _UNPACKED.exists() else shutil.which("nginx")
    if found is None:
        pytest.skip("expected nginx. Received: none. Try: make .venv/nginx")
    return found


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    end = time.monotonic() + _DEADLINE_S
    while time.monotonic() < end:
        assert process.poll() is None, [(folder / name).read_text() for name in ("log", "errors")]
        try:
            httpx.get(f"http://127.0.0.1:{port}/")
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx never listened")
