"""Makes each test of `node --test` a test of this suite, counted and reported like any other."""

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.page.node import NODE

_NAME = re.compile(r'^test\(\s*"((?:[^"\\]|\\.)*)"', re.M)
_REPORTER = Path(__file__).with_name("reporter.js")


class LogicFile(pytest.File):
    """A file of tests for Node: all of them run together, when the first one is asked for."""

    _results: dict[str, Any] | None = None

    def collect(self) -> "Iterable[LogicTest]":
        """Yield its tests, by the names that stand in it."""
        for name in _NAME.findall(self.path.read_text("utf-8")):
            test = LogicTest.from_parent(self, name=json.loads(f'"{name}"'))
            test.add_marker(pytest.mark.xdist_group(self.path.name))
            yield test

    def read_results(self) -> dict[str, Any]:
        """Return how each test ended, by name: None where it passed, else why not."""
        if self._results is None:
            command = [str(NODE), "--test", f"--test-reporter={_REPORTER}", str(self.path)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            self._results = dict(json.loads(line) for line in done.stdout.splitlines())
            listed = {test.name for test in self.collect()}
            strangers = set(self._results) - listed
            assert not strangers, f"expected top-level tests by name. Received: {strangers}"
        return self._results


class LogicTest(pytest.Item):
    """One test of Node's."""

    parent: LogicFile

    def runtest(self) -> None:
        """Fail as it failed."""
        results = self.parent.read_results()
        assert self.name in results, "it did not run: the file as a whole failed"
        if results[self.name] is not None:
            pytest.fail(results[self.name], pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Say where it stands."""
        return self.path, None, self.name
