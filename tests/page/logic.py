"""Makes each test of `node --test` a test of this suite, counted and reported like any other."""

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.page.node import NODE

_NAME = re.compile(r'^test\(\s*"((?:[^"\\]|\\.)*)"', re.M)
_REPORTER = Path(__file__).with_name("reporter.js")


class LogicFile(pytest.File):
    """A file of tests for Node: all of them run together, when the first one is asked for."""

    _results: dict[str, str | None] | None = None

    def collect(self) -> "Iterable[LogicTest]":
        """Yield its tests, by the names that stand in it."""
        for name in _NAME.findall(self.path.read_text("utf-8")):
            yield LogicTest.from_parent(self, name=json.loads(f'"{name}"'))

    def read_results(self) -> dict[str, str | None]:
        """Return how each test ended, by name: None where it passed, else why not."""
        if self._results is None:
            command = [str(NODE), f"--test-reporter={_REPORTER}", str(self.path)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            self._results = dict(json.loads(line) for line in done.stdout.splitlines())
            names = [test.name for test in self.collect()]
            if sorted(self._results) != sorted(names):
                pytest.fail(
                    f"expected the tests {names}. Received: {sorted(self._results)}, and the end "
                    f"{done.returncode}. Name each one in the line of its test(). {done.stderr}",
                    pytrace=False,
                )
        return self._results


class LogicTest(pytest.Item):
    """One test of Node's."""

    parent: LogicFile

    def runtest(self) -> None:
        """Fail as it failed."""
        reason = self.parent.read_results().get(self.name, "it did not run")
        if reason is not None:
            pytest.fail(reason, pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Say where it stands."""
        return self.path, None, self.name
