"""Drives a server with `wrk` and reads what it measured."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """\
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open({body}, "rb")
wrk.body = file:read("*a")
file:close()

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    "RESULT {{\\"requests\\": %d, \\"duration_us\\": %d, \\"p50_us\\": %d, \\"p99_us\\": %d, " ..
    "\\"errors\\": %d}}\\n",
    summary.requests - e.status, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of `wrk` found.

    Attributes:
        requests_per_s: Answers, errors left out.
        p50_ms: Median latency.
        p99_ms: Latency that 99 of 100 requests stay below.
        errors: Requests that were refused, failed or timed out.
    """

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    errors: int


def find_wrk() -> str:
    """Return where `wrk` is.

    Raises:
        SystemExit: Nowhere.
    """
    if found := shutil.which("wrk"):
        return found
    raise SystemExit(
        "expected the load generator wrk on the PATH. Received: none. "
        "On Debian or Ubuntu: apt-get install wrk; on macOS: brew install wrk; "
        "source: https://github.com/wg/wrk"
    )


def read_wrk_version() -> str:
    """Return the first line that `wrk` says about itself."""
    done = subprocess.run([find_wrk(), "-v"], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).split("[")[0].strip()


def drive(url: str, body: bytes, connections: int, seconds: float, folder: Path) -> Load:
    """Ask the same question over and over.

    Args:
        url: Whom.
        body: What.
        connections: Over how many connections at a time, each kept open.
        seconds: How long; whole ones.
        folder: Where the script and the body are put.
    """
    question, script = folder / "question", folder / "ask.lua"
    question.write_bytes(body)
    script.write_text(_SCRIPT.format(body=json.dumps(str(question))))
    threads = 1 if connections == 1 else 2
    command = [find_wrk(), f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
    done = subprocess.run(
        [*command, "--latency", "--timeout", "60s", "-s", str(script), url],
        capture_output=True, text=True, check=True, timeout=seconds + 120,
    )  # fmt: skip
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result = json.loads(line.removeprefix("RESULT "))
    return Load(
        requests_per_s=result["requests"] / (result["duration_us"] / 1e6),
        p50_ms=result["p50_us"] / 1000,
        p99_ms=result["p99_us"] / 1000,
        errors=result["errors"],
    )
