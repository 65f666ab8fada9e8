"""Both READMEs, held to what they say: their commands are run, their figures compared."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
import yaml

from service.settings import PREFIX, Settings
from tests.readme import ENGLISH, PORTUGUESE, ROOT, Readme, assert_same
from tests.service.serving import Server
from tests.shipped import copy_shipped
from trainer.presets import load_config

ADDRESS = "http://localhost:8000"
# Where a variable that is no setting of the service may be read.
OTHER_READERS = [
    ROOT / "docker-compose.yml",
    ROOT / "tabuada" / "client" / "options.py",
    *sorted((ROOT / "trainer").rglob("*.py")),
]

both = pytest.mark.parametrize("readme", [ENGLISH, PORTUGUESE], ids=lambda readme: readme.name)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service over what ships, whatever else was trained in this folder."""
    folder = tmp_path_factory.mktemp("shipped")
    copy_shipped(folder / "artifacts")
    default = str(Settings.model_fields["default_model"].default)
    server = Server(folder / "artifacts", folder / "log", default_model=default)
    server.wait_ready()
    yield server
    server.stop()


def run(
    command: list[str], folder: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@cache
def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of Python's once, though both READMEs name it."""
    return run([sys.executable, *arguments])


# The first screen and the service


@both
def test_readme_curl_gives_the_answer_shown(readme: Readme, server: Server) -> None:
    assert readme.curls
    if shutil.which("curl") is None:
        pytest.fail("expected curl, which the README uses. Install it: apt-get install curl")
    for command, expected in readme.curls:
        assert ADDRESS in command
        here = command.replace(ADDRESS, server.url) + " --fail --silent --show-error"
        result = run(["sh", "-c", here])
        assert result.returncode == 0, result.stderr
        assert_same(json.loads(result.stdout), expected)


def test_readme_request_forms_ask_the_same(server: Server) -> None:
    forms = ENGLISH.requests
    assert {key for form in forms for key in form} >= {"instances", "a", "op", "b", "expressions"}
    answers = [httpx.post(f"{server.url}/predict", json=form) for form in forms]
    assert [answer.status_code for answer in answers] == [200] * len(forms)
    values = [answer.json()["predictions"] for answer in answers]
    shared = min(map(len, values))
    for others in values[1:]:
        assert_same(others[:shared], values[0][:shared])


def test_readme_signs_are_understood(server: Server) -> None:
    signs = {
        sign
        for span in ENGLISH.spans
        if re.fullmatch(r"\S( \S){3,}", span)
        for sign in span.split()
    }
    assert len(signs) > 4, "the README names the operations and how people write them"
    for sign in sorted(signs):
        body = {"instances": [{"a": 6.3, "op": sign, "b": -0.6}]}
        assert httpx.post(f"{server.url}/predict", json=body).status_code == 200, sign


def test_readme_error_shape_is_the_one_given(server: Server) -> None:
    (shape,) = (span for span in ENGLISH.spans if span.startswith('{"error": {'))
    outer, *inner = re.findall(r'"(\w+)"', shape)
    body = httpx.post(f"{server.url}/predict", json={"expressions": ["1 / 0"]}).json()
    assert [*body] == [outer]
    assert {*body[outer]} <= {*inner}


@both
def test_readme_routes_exist(readme: Readme, server: Server) -> None:
    described = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    routes = [re.fullmatch(r"(?:(GET|POST) )?(/[\w{}./]*)", span) for span in readme.spans]
    found = [(route[1], route[2]) for route in routes if route]
    assert len({path for _, path in found}) > 6
    for method, path in found:
        if method == "POST":
            assert "post" in described[path], path
        elif "post" not in described.get(path, {}):
            filled = path.format(model="mlp", version=1, path="MODEL_CARD.md")
            assert httpx.get(server.url + filled).status_code == 200, path


# Commands


@both
def test_readme_make_targets_exist(readme: Readme, tmp_path: Path) -> None:
    # In a folder of its own, with empty scripts: `make -n` runs a line that mentions $(MAKE).
    for file in ("Makefile", "package.json", "package-lock.json"):
        shutil.copy(ROOT / file, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "scripts").mkdir()
    for script in (ROOT / "scripts").iterdir():
        (tmp_path / "scripts" / script.name).touch(0o755)
    listed = re.findall(r"^  make (\S+)", run(["make", "help"], tmp_path).stdout, re.M)
    assert len(readme.make_commands) > 6
    for command in readme.make_commands:
        _, target, *variables = shlex.split(command)
        result = run(["make", "-n", target, *variables], tmp_path)
        assert result.returncode == 0, f"{command}: {result.stderr}"
        assert target in listed, f"{command}: make help does not list it"


def test_readme_presets_exist() -> None:
    named = re.findall(r"PRESET=(\w+)|--preset (\w+)", ENGLISH.text)
    assert named
    for preset in {first or second for first, second in named}:
        assert load_config(preset).preset == preset


@both
def test_readme_trainer_commands_are_accepted(
    readme: Readme, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = tmp_path_factory.getbasetemp() / "written"  # the same one for both
    scratch.mkdir(exist_ok=True)
    lines = [line for line in readme.commands if " -m trainer " in line]
    assert any("--preset" in line for line in lines)
    for line in lines:
        program, *arguments = shlex.split(line)
        assert re.fullmatch(r"\.venv/(train|dev)/bin/python", program), line
        if "list" in arguments or "--help" in arguments:
            result = run_python(*arguments)
            assert result.returncode == 0, result.stderr
            assert re.search(r"\bmlp +1\b" if "list" in arguments else r"--preset", result.stdout)
            continue
        if "report" in arguments:
            result = run_python(*arguments, "--output", str(scratch / "report.html"))
            assert result.returncode == 0, result.stderr
            assert (scratch / "report.html").exists()
            continue
        # All of a configuration is checked before anything is written: with one value that
        # breaks a rule, it is that one alone that must be wrong.
        result = run_python(*arguments, "--runs", str(scratch / "runs"), "--epochs", "0")
        assert result.returncode == 2, line
        said = re.fullmatch(r"error: fit\.epochs: [^\n]*Received: 0\. [^\n]+\n", result.stderr)
        assert said, result.stderr
    assert not (scratch / "runs").exists()


@both
def test_readme_shows_the_table_that_the_command_line_prints(
    readme: Readme, server: Server
) -> None:
    ((block, shown),) = [
        (block, following)
        for block, following in pairwise(readme.blocks)
        if any(" -m tabuada " in line for line in block.commands)
    ]
    (command,) = block.commands
    _, *arguments = shlex.split(command)
    locale = {"en": "en_US.UTF-8", "pt": "pt_BR.UTF-8"}[readme.language]
    result = run([sys.executable, *arguments, "--url", server.url], LC_ALL=locale)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == shown.text.split()


@both
def test_readme_benchmarks_exist(readme: Readme) -> None:
    for line in (*readme.commands, *readme.spans):
        for module in re.findall(r"-m (benchmarks[\w.]*)", line):
            result = run_python("-m", module, "--help")
            assert result.returncode == 0, result.stderr
            options = set(re.findall(r"(?<!\S)--[\w-]+", line))
            assert options <= set(re.findall(r"--[\w-]+", result.stdout)), line


@both
def test_readme_compose_commands_name_files_and_profiles_that_exist(readme: Readme) -> None:
    lines = [shlex.split(line) for line in readme.commands if line.startswith("docker-compose ")]
    assert lines
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    profiles = {name for service in services.values() for name in service.get("profiles", ())}
    for words in lines:
        for option, value in pairwise(words):
            if option == "-f":
                assert (ROOT / value).is_file(), value
            elif option == "--profile":
                assert value in profiles


# Settings, files and links


@both
def test_readme_settings_exist_with_the_defaults_shown(readme: Readme) -> None:
    fields = {f"{PREFIX}{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert len(readme.settings) > 5
    for name, default in readme.settings.items():
        assert name in fields, f"{name} is no setting of the service"
        assert str(fields[name].default) == default, name
    elsewhere = "".join(file.read_text("utf-8") for file in OTHER_READERS)
    for name in set(re.findall(r"TABUADA_\w+", readme.text)) - fields.keys():
        assert re.search(rf"\b{name}\b", elsewhere), f"nothing reads {name}"


@both
def test_readme_tree_exists(readme: Readme) -> None:
    assert len(readme.tree) > 8
    for path in readme.tree:
        assert (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file(), path


@both
def test_readme_links_and_paths_lead_somewhere(readme: Readme) -> None:
    other = PORTUGUESE if readme is ENGLISH else ENGLISH
    assert other.name in readme.links
    for target in readme.links:
        assert (ROOT / target.partition("#")[0]).exists(), target
    for path in filter(re.compile(r"[\w.-]+(/[\w.-]+)*/[\w.-]*").fullmatch, readme.spans):
        if path.startswith(".venv/"):
            continue  # made by make
        assert (ROOT / path).exists(), path


# The two of them


def test_readmes_have_the_same_commands() -> None:
    languages = [block.language for block in ENGLISH.blocks]
    assert languages == [block.language for block in PORTUGUESE.blocks]
    assert PORTUGUESE.commands == ENGLISH.commands
    for block, translated in zip(ENGLISH.blocks, PORTUGUESE.blocks, strict=True):
        if block.language == "json":
            assert translated.text == block.text
    assert sorted(PORTUGUESE.make_commands) == sorted(ENGLISH.make_commands)
    assert PORTUGUESE.tree == ENGLISH.tree
    assert PORTUGUESE.settings == ENGLISH.settings
    assert PORTUGUESE.links - {ENGLISH.name} == ENGLISH.links - {PORTUGUESE.name}


def test_readmes_have_the_same_figures() -> None:
    assert PORTUGUESE.tables == ENGLISH.tables
    assert len(PORTUGUESE.sections) == len(ENGLISH.sections)
    for section, translated in zip(ENGLISH.sections, PORTUGUESE.sections, strict=True):
        assert PORTUGUESE.count_figures(translated) == ENGLISH.count_figures(section), section


def test_readmes_name_the_same_things() -> None:
    assert sorted(PORTUGUESE.spans) == sorted(ENGLISH.spans)
