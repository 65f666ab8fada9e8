"""The process: settings, signals, what it prints and what it never imports."""

import re
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from service.errors import BadSetting
from service.process.listener import listen
from service.settings import read_settings
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.refusal import check_protocol_refusal
from tests.service.serving import ROOT, Server, run_service


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "eighty", "whole number|integer"),
        ("PORT", "70000", "65535"),
        ("RUNTIME", "torch", "onnx, tensorflow or auto"),
        ("MAX_JSON_ROWS", "0", "at least 1"),
        ("POLL_INTERVAL_S", "nan", "greater than 0|finite"),
        ("DEFAULT_MODEL", "../mlp", "lower-case letters"),
        ("ARTIFACTS", "pyproject.toml", "folder"),
        ("VERSION_POLICY", "mlp=Canary", "version number, a label or `latest`"),
        ("LOAD_TIMEOUT_S", "0", "greater than 0"),
        ("HOST", "no.such.host.invalid", "TABUADA_HOST"),
    ],
)
def test_bad_setting_is_explained_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("TABUADA_PORT", "0")
    monkeypatch.setenv(f"TABUADA_{name}", value)
    with pytest.raises(BadSetting, match=said) as caught:
        listen(read_settings()).close()
    (line,) = str(caught.value).splitlines()
    assert "expected" in line
    assert value in line
    assert f"TABUADA_{name}" in line


@pytest.mark.parametrize("workers", ["0", "many"])
def test_bad_number_of_workers_is_explained_in_one_line(workers: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings(workers=workers)
    (line,) = str(caught.value).splitlines()
    assert "TABUADA_WORKERS" in line
    assert workers in line


def check_refused_start(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a service leaves which did not start."""
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_bad_setting_is_one_line_and_code_2() -> None:
    line = check_refused_start(run_service(TABUADA_PORT="eighty"))
    assert re.search('TABUADA_PORT: expected .*Received: "eighty"', line), line


def test_bad_option_is_one_line_and_code_2() -> None:
    line = check_refused_start(run_service("--workers", "many", TABUADA_WORKERS="2"))
    assert "TABUADA_WORKERS" in line
    assert "many" in line


@pytest.mark.parametrize("workers", ["1", "2"])
def test_busy_port_is_one_line_and_code_2(workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        result = run_service("--workers", workers, TABUADA_PORT=port)
    line = check_refused_start(result)
    assert f"port {port}" in line
    assert "TABUADA_PORT" in line


def test_help_names_every_setting() -> None:
    result = run_service("--help")
    assert result.returncode == 0
    for name in ("HOST", "PORT", "ARTIFACTS", "DEFAULT_MODEL", "RUNTIME", "MAX_JSON_ROWS"):
        assert f"TABUADA_{name} " in result.stdout


def test_printed_command_works_as_it_stands(server: Server) -> None:
    command = server.banner.split("Try:\n")[1].strip()
    result = subprocess.run(
        ["bash", "-c", f"{command} --fail --silent --show-error"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.startswith('{"model":"mlp","version":2,"predictions":[')
    docs = re.search(r"http://\S+/docs", server.banner)
    assert docs
    assert httpx.get(docs[0]).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_signal_lets_requests_finish_and_exits_0(
    start_server: StartServer, store: Store, number: int
) -> None:
    server = start_server(store.location, shutdown_timeout_s=120)  # on a busy machine too
    server.wait_ready()
    host, port = httpx.URL(server.url).host, httpx.URL(server.url).port
    body = b'{"sample": {"n": 300000}}'
    head = (
        "POST /evaluate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(head.encode() + body)
        httpx.post(f"{server.url}/predict", json={"expressions": ["1+1"]})
        server.process.send_signal(number)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert server.process.wait(timeout=60) == 0
    assert "Traceback" not in server.log()


def test_signal_before_it_is_ready_exits_0(start_server: StartServer, tmp_path: Path) -> None:
    assert start_server(tmp_path).stop() == 0


def test_service_imports_neither_tensorflow_nor_what_trains(
    start_server: StartServer, store: Store
) -> None:
    server = start_server(store.location, "-X", "importtime")
    server.wait_ready()
    answer = httpx.post(f"{server.url}/predict", json={"expressions": ["1+1"]})
    assert answer.status_code == 200
    assert httpx.post(f"{server.url}/evaluate", json={"sample": {}}).status_code == 200
    server.stop()
    imported = {
        line.split("|")[-1].strip().split(".")[0]
        for line in server.log().splitlines()
        if line.startswith("import time:")
    }
    assert {"service", "tabuada", "onnxruntime"} <= imported
    forbidden = {"tensorflow", "keras", "keras_tuner", "sklearn", "joblib", "trainer", "onnx"}
    assert not imported & forbidden


def test_busy_service_answers_503_but_lives(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, max_requests=1)
    server.wait_ready()
    host, port = httpx.URL(server.url).host, httpx.URL(server.url).port
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        while (answer := httpx.get(f"{server.url}/models")).status_code == 200:
            pass
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "overloaded"
        check_protocol_refusal(httpx.get(f"{server.url}/v2"), 503, "at a time")
        for path in ("/health/live", "/v2/health/live"):
            assert httpx.get(f"{server.url}{path}").status_code == 200
    while httpx.get(f"{server.url}/models").status_code == 503:
        pass
