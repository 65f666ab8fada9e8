"""`python -m service.healthcheck`: whether the service of this environment is ready, as 0 or 1.

For the health check of a container, which knows the settings and not where they make it listen. It
asks without any proxy of the environment: the question never leaves the machine.
"""

import http.client
import os
import sys

_TIMEOUT_S = 4.0
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # addresses that nobody can be asked at


def main() -> int:
    """Ask, and say on standard error what is wrong; return the exit code."""
    host = os.environ.get("TABUADA_HOST", "127.0.0.1").removeprefix("[").removesuffix("]")
    port = os.environ.get("TABUADA_PORT", "8000")
    connection = http.client.HTTPConnection(_EVERY.get(host, host), int(port), timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        content = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"expected an answer of {host} port {port}. Received: {error}\n")
        return 1
    if answer.status != http.client.OK:
        sys.stderr.write(f"{content}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
