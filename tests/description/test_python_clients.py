"""Clients for Python, generated from the description, compiled and used on every operation."""

import compileall
import json
import re
import sys
from pathlib import Path

from tests.description.clients.expected import EXPECTED
from tests.description.clients.generating import PROGRAMS, check_answers, name_service, run
from tests.description.conftest import Description
from tests.description.reading import list_operations
from tests.service.serving import Server


def test_clients_ask_for_every_operation(description: Description) -> None:
    operations = {told["operationId"] for _, _, told in list_operations(description)}
    assert operations == EXPECTED.keys()


def test_openapi_python_client_reads_the_description_and_asks_for_everything(
    described: Server, description: Description, tmp_path: Path
) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(description), "utf-8")
    programs = Path(sys.executable).parent
    path = f"{programs}:/usr/bin:/bin"  # ruff, which gives its output the usual form
    said = run(
        [programs / "openapi-python-client", "generate", "--path", "openapi.json"],
        tmp_path,
        PATH=path,
    )
    assert "WARNING" not in said, said
    assert "ERROR" not in said, said
    folder = tmp_path / "tabuada-client"
    assert compileall.compile_dir(folder, quiet=1)
    program = [sys.executable, PROGRAMS / "python_client.py", *name_service(described)]
    check_answers(run(program, tmp_path, PYTHONPATH=str(folder)))


def test_generators_of_npm_are_locked_by_hash_and_name_no_registry() -> None:
    lock = (PROGRAMS / "package-lock.json").read_text("utf-8")
    packages = re.findall(r'"node_modules/[^"]+": \{[^}]*\}', lock)
    assert len(packages) > 50
    assert [package for package in packages if '"integrity": "sha512-' not in package] == []
    assert '"resolved"' not in lock
