"""`python -m tabuada`, as people run it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tabuada.command.cli import main
from tests.ports import hold_port
from tests.service.serving import ROOT, Server
from tests.service.tiny import TinyNetwork, check_answers
from tests.tabuada.client.door import Door, write_answer

COMMAND = f"pip install '{ROOT}[client]'"
Finished = subprocess.CompletedProcess[str]
Run = Callable[..., Finished]


def run_process(*arguments: str, **environment: str) -> Finished:
    inherited = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_PROXY": "127.0.0.1,localhost"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "tabuada", *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in this process, which takes a tenth of the time."""

    def run(*arguments: str, **environment: str) -> Finished:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                code = main(arguments)
            except SystemExit as ending:
                code = ending.code if isinstance(ending.code, int) else -1
        return subprocess.CompletedProcess(arguments, code, *capfd.readouterr())

    return run


def check_failure(finished: Finished, code: int, *said: str) -> None:
    """One line tells what is wrong."""
    assert finished.returncode == code, finished
    assert finished.stdout == ""
    assert finished.stderr.count("\n") == 1, finished.stderr
    for text in said:
        assert text in finished.stderr


def ask(server: Server, *texts: str) -> list[tuple[str, float, float, float]]:
    """Return model, answer, exact value and error of each expression and model."""
    cells = []
    for model in ("arithmetic", "mlp"):
        body = {"expressions": texts, "model": model, "exact": True}
        told = httpx.post(f"{server.url}/predict", json=body).json()
        columns = zip(told["predictions"], told["exact"], told["absolute_errors"], strict=True)
        cells += [(f"{model} v{told['version']}", *values) for values in columns]
    return cells


def test_answers_stand_beside_the_exact_values(server: Server) -> None:
    texts = ("4.93 + 4.02", "6,3 ÷ -0,6", "-6.5*2")
    finished = run_process("--url", server.url, *texts)
    assert (finished.returncode, finished.stderr) == (0, "")
    head, *lines = finished.stdout.splitlines()
    assert head.split() == [
        "expression",
        "exact",
        "arithmetic",
        "v1",
        "error",
        "mlp",
        "v2",
        "error",
    ]
    wanted = ask(server, *texts)
    for number, (line, text) in enumerate(zip(lines, texts, strict=True)):
        assert line.startswith(text)
        exact, first, first_off, second, second_off = map(float, line[len(text) :].split())
        for answer, off, cell in (
            (first, first_off, wanted[number]),
            (second, second_off, wanted[number + len(texts)]),
        ):
            assert answer == pytest.approx(cell[1], rel=1e-8)
            assert exact == pytest.approx(cell[2], rel=1e-8)
            assert off == pytest.approx(cell[3], rel=0.06)
    assert len({line.rindex(" ") for line in lines}) <= 3  # to the right


@pytest.mark.parametrize(
    ("locale", "portuguese"),
    [
        ({"LANG": "pt_BR.UTF-8"}, True),
        ({"LC_ALL": "pt_PT.UTF-8", "LANG": "en_US.UTF-8"}, True),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": "C.UTF-8"}, False),
        ({"LANG": ""}, False),
        ({"LANG": "ptx"}, False),
    ],
    ids=str,
)
def test_language_is_that_of_the_locale(
    run: Run, server: Server, locale: dict[str, str], portuguese: bool
) -> None:
    finished = run("--url", server.url, "4.93 + 4.02", "40 x 30", **locale)
    assert ("expressão" in finished.stdout) == portuguese
    assert ("expression" in finished.stdout) != portuguese
    assert (" 8,95 " if portuguese else " 8.95 ") in finished.stdout
    outside = "fora do que esta rede viu" if portuguese else "outside what this network"
    assert outside in finished.stdout
    assert run("1 plus 1", **locale).stderr.startswith("erro" if portuguese else "error")


def test_rows_outside_the_domain_are_marked(run: Run, server: Server) -> None:
    inside, outside, _, note = run("--url", server.url, "1 + 2", "40 x 30").stdout.splitlines()[1:]
    assert "*" not in inside
    assert outside.count("*") == 2
    assert note.startswith("* ")
    assert len(run("--url", server.url, "1 + 2").stdout.splitlines()) == 2


def test_expression_that_may_be_meant_otherwise_is_told_as_it_was_read(
    run: Run, server: Server
) -> None:
    finished = run("--url", server.url, "--model", "mlp", "1,234 + 1", "1 + 1", "5 \u2013 3")
    assert finished.stdout.splitlines()[-1].startswith("1,234 + 1 was read as 1.234 + 1. ")
    assert finished.stdout.count("was read as") == 1
    portuguese = run("--url", server.url, "--model", "mlp", "1.234 * 2", LC_ALL="pt_BR.UTF-8")
    assert "1.234 * 2 foi lido como 1,234 * 2." in portuguese.stdout


def test_json_holds_what_the_service_answered(
    run: Run, server: Server, networks: dict[int, TinyNetwork]
) -> None:
    finished = run("--json", "--model", "mlp", "6,3 ÷ -0,6", "40 + 2", TABUADA_URL=server.url)
    told = json.loads(finished.stdout)
    assert told["expressions"] == ["6,3 ÷ -0,6", "40 + 2"]
    (answer,) = told["answers"]
    assert (answer["model"], answer["version"], answer["out_of_domain"]) == ("mlp", 2, [1])
    assert answer["exact"] == [-10.5, 42]
    check_answers(answer["predictions"], networks[2].forward([(6.3, "/", -0.6), (40, "+", 2)]))


def test_models_are_asked_as_named(run: Run, server: Server) -> None:
    head = run("--url", server.url, "--model", "mlp", "--model", "arithmetic", "1+1").stdout
    assert head.index("mlp v2") < head.index("arithmetic v1")


def test_key_comes_from_the_environment(run: Run, door: Door) -> None:
    door.reactions = [write_answer(401, b'{"error": {"code": "unauthorized", "message": "no"}}')]
    check_failure(run("--url", door.url, "1+1", TABUADA_API_KEY="secret-012"), 1, "error: no")
    assert b"X-API-Key: secret-012\r\n" in door.requests[0]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["5 plus 5"], 2, '"5 plus 5"'),
        (["1 + 1", ""], 2, '""'),
        ([], 2, "EXPRESSION"),
        (["--timeout", "soon", "1+1"], 2, "soon"),
        (["--timeout", "-1", "1+1"], 2, "above 0 s"),
        (["--frobnicate", "1+1"], 2, "--frobnicate"),
        (["--url", "localhost", "1+1"], 2, '"localhost"'),
        (["--model", "none", "1+1"], 1, "Received: none"),
        (["1 / 0"], 1, "divisor other than zero"),
        (["--timeout", "0.000001", "1+1"], 1, "within 1e-06 s"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_in_one_line(
    run: Run, server: Server, arguments: list[str], code: int, said: str
) -> None:
    check_failure(run(*arguments, TABUADA_URL=server.url), code, "error: ", said)


def test_service_that_is_not_there_is_told_soon(run: Run) -> None:
    started = time.monotonic()
    with hold_port() as port:
        url = f"http://127.0.0.1:{port}"
        finished = run("--url", url, "--timeout", "1000", "1+1")
    check_failure(finished, 1, f"a service at {url}", "make serve")
    assert time.monotonic() - started < 60  # 0.7 s of it are waiting


def test_service_without_models_is_told(run: Run, door: Door) -> None:
    door.reactions = [write_answer(200, b'{"models": []}')]
    check_failure(run("--url", door.url, "1+1"), 1, "make train")


def test_terminal_without_the_letters_gets_others(server: Server) -> None:
    finished = run_process("--url", server.url, "6,3 ÷ -0,6", PYTHONIOENCODING="ascii")
    assert finished.returncode == 0
    assert "6,3 ? -0,6" in finished.stdout


def test_without_httpx_it_says_what_to_install(tmp_path: Path) -> None:
    # As where httpx is not installed: what is found first cannot be found.
    missing = 'raise ModuleNotFoundError("No module named \'httpx\'", name="httpx")'
    (tmp_path / "httpx.py").write_text(missing)
    check_failure(run_process("1+1", PYTHONPATH=str(tmp_path)), 2, "error: ", f"Run: {COMMAND}")
    portuguese = run_process("1+1", PYTHONPATH=str(tmp_path), LANG="pt_BR.UTF-8", PYTHONUTF8="1")
    check_failure(portuguese, 2, "erro: ", f"Execute: {COMMAND}")


def test_interrupt_ends_it_quietly() -> None:
    # What has a handler here has the default one in a child; what is ignored here, as in jobs of
    # a shell's background, stays ignored.
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "tabuada", "--url", url, "1+1"]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            try:
                listener.settimeout(60)
                with listener.accept()[0] as connection:
                    connection.recv(1000)  # it is about to wait for the answer
                    time.sleep(0.5)  # between looking for signals and waiting one is not seen
                    process.send_signal(signal.SIGINT)
                    assert process.communicate(timeout=60)[1] == ""
            finally:
                process.kill()
                signal.signal(signal.SIGINT, previous)
    assert process.returncode == 130
