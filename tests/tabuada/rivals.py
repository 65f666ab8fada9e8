"""Lets n processes publish at the same moment: `python -m tests.tabuada.rivals STORE N`.

Prints their versions as JSON. A process of its own, since forking wants a single thread.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tests.tabuada.samples import describe, write_files


def publish_at_once(store: Store, n: int, scratch: Path) -> list[int]:
    """Return the versions that n child processes got; each publishes its own number."""
    gate_out, gate_in = os.pipe()
    answers_out, answers_in = os.pipe()
    for number in range(n):
        source = write_files(scratch / str(number), {"publisher": str(number).encode()})
        description = describe(seed=number)
        if os.fork() == 0:
            os.close(gate_in)
            os.read(gate_out, 1)  # returns once the parent closes its end: all start together
            version = publish(store, source, description).version
            os.write(answers_in, f"{version}\n".encode())
            os._exit(0)
    os.close(gate_in)
    os.close(answers_in)
    for _ in range(n):
        os.wait()
    with open(answers_out) as answers:
        return [int(line) for line in answers]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        versions = publish_at_once(Store(sys.argv[1]), int(sys.argv[2]), Path(folder))
    sys.stdout.write(json.dumps(versions))
