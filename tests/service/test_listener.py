"""Where the service listens: each kind of host, over IPv4 and IPv6, and what it says of it."""

import http.client
import http.server
import socket
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from service import healthcheck
from service.errors import BadSetting
from service.process.banner import Banner
from service.process.listener import Listener, listen, open_all
from service.settings import Settings
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.serving import ROOT

HAS_IPV6 = socket.has_dualstack_ipv6()
ipv6 = pytest.mark.skipif(not HAS_IPV6, reason="needs IPv6")


def can_connect(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=60).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("host", "reached", "missed"),
    [
        ("127.0.0.1", ["127.0.0.1"], ["127.0.0.2", "::1"]),
        ("127.0.0.2", ["127.0.0.2"], ["127.0.0.1", "::1"]),
        ("0.0.0.0", ["127.0.0.1", "127.0.0.2"], ["::1"]),
        pytest.param("::", ["127.0.0.1", "127.0.0.2", "::1"], [], marks=ipv6),
        pytest.param("[::]", ["127.0.0.1", "::1"], [], marks=ipv6),
        pytest.param("0:0::0", ["127.0.0.1", "::1"], [], marks=ipv6),
        pytest.param("::1", ["::1"], ["127.0.0.1"], marks=ipv6),
        pytest.param("[::1]", ["::1"], ["127.0.0.1"], marks=ipv6),
        pytest.param("::ffff:127.0.0.1", ["127.0.0.1"], ["127.0.0.2"], marks=ipv6),
    ],
)
def test_host_is_reached_over_its_addresses(
    host: str, reached: list[str], missed: list[str]
) -> None:
    with closing(listen(Settings(host=host, port=0))) as listener:
        assert [one for one in reached if not can_connect(one, listener.port)] == []
        assert [one for one in missed if can_connect(one, listener.port)] == []


def test_name_is_reached_over_all_its_addresses() -> None:
    named = {info[4][0] for info in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)}
    with closing(listen(Settings(host="localhost", port=0))) as listener:
        for address in named - (set() if HAS_IPV6 else {"::1"}):
            assert can_connect(str(address), listener.port)


@ipv6
def test_several_addresses_share_one_port() -> None:
    for port in (0, 0, 0):
        addresses = [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET6, ("::1", port, 0, 0))]
        with closing(Listener(open_all(addresses))) as listener:
            assert listener.addresses == ["127.0.0.1", "::1"]
            assert {one.getsockname()[1] for one in listener.sockets} == {listener.port}


@ipv6
def test_port_that_is_taken_on_one_address_is_taken() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as busy:
        port = busy.getsockname()[1]
        addresses = [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET6, ("::1", port, 0, 0))]
        with pytest.raises(OSError, match="in use"):
            open_all(addresses)
    with socket.create_server(("127.0.0.1", port)):  # nothing of it was kept
        pass


def test_address_that_the_machine_lacks_is_left_out() -> None:
    lacking = (socket.AF_INET, ("192.0.2.1", 0))
    with closing(Listener(open_all([lacking, (socket.AF_INET, ("127.0.0.1", 0))]))) as listener:
        assert listener.addresses == ["127.0.0.1"]
    with pytest.raises(OSError, match="assign"):
        open_all([lacking])


@pytest.mark.parametrize("host", ["no.such.host.invalid", "0.0.0.0:8000", "[::1]:8000", "http://a"])
def test_host_that_is_none_is_refused_with_what_to_write(host: str) -> None:
    with pytest.raises(BadSetting) as caught:
        listen(Settings(host=host, port=0)).close()
    assert f"Received: {host}" in str(caught.value)
    for advice in ("TABUADA_HOST", "127.0.0.1", "0.0.0.0", "::", "TABUADA_PORT"):
        assert advice in str(caught.value)


HOSTS = [
    "127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost",
    *(pytest.param(one, marks=ipv6) for one in ("::", "[::]", "::1", "[::1]", "::ffff:127.0.0.1")),
]  # fmt: skip


class _Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def _answer_twice(door: http.server.HTTPServer) -> None:
    for _ in range(2):
        door.handle_request()


@pytest.mark.parametrize("host", HOSTS)
def test_banner_and_health_check_find_every_kind_of_host(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    settings = Settings(host=host, port=0)
    with closing(listen(settings)) as listener:
        address = Banner(settings, listener).address.removeprefix("http://").rpartition(":")[0]
        assert can_connect(address.strip("[]"), listener.port)
        door = http.server.HTTPServer(("", 0), _Answering, bind_and_activate=False)
        door.socket.close()
        door.socket = listener.sockets[0]
        door.socket.setblocking(True)
        serving = threading.Thread(target=_answer_twice, args=(door,))
        serving.start()  # the connection above is the first
        monkeypatch.setenv("TABUADA_HOST", host)
        monkeypatch.setenv("TABUADA_PORT", str(listener.port))
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        assert healthcheck.main() == 0
        serving.join()


@pytest.mark.parametrize(
    ("host", "workers"),
    [("localhost", 1), pytest.param("::", 1, marks=ipv6), pytest.param("::", 2, marks=ipv6)],
)
def test_service_answers_over_every_address(
    start_server: StartServer, store: Store, host: str, workers: int
) -> None:
    server = start_server(store.location, host=host, workers=workers)
    server.wait_ready()
    address = server.url.removeprefix("http://").rpartition(":")[0].strip("[]")
    for asked in (address, *(["127.0.0.1", "::1"] if host == "::" else [])):
        connection = http.client.HTTPConnection(asked, server.port, timeout=60)
        connection.request("GET", "/health/ready")
        assert connection.getresponse().status == 200
        connection.close()
    assert server.stop() == 0


def test_health_check_says_what_is_wrong(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, default_model="none-of-it")
    unready = check_health(server.port)
    assert unready.returncode == 1
    assert "not_ready" in unready.stderr
    server.stop()
    gone = check_health(server.port)
    assert gone.returncode == 1
    assert "refused" in gone.stderr


def check_health(port: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "service.healthcheck"],
        cwd=ROOT,
        env={"TABUADA_PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@ipv6
def test_banner_names_an_address_that_reaches_the_service() -> None:
    with closing(listen(Settings(host="::1", port=0))) as listener:
        assert listener.addresses == ["::1"]
        banner = Banner(Settings(host="::1"), listener)
    named = {info[4][0] for info in socket.getaddrinfo("localhost", 80)}
    expected = "localhost" if named == {"::1"} else "[::1]"
    assert banner.address.startswith(f"http://{expected}:")
