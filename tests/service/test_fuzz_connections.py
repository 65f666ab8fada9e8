"""Requests that are no requests, over a bare socket.

Each is answered 2xx or 4xx or hung up on, soon; nothing is left behind.
"""

import json
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tabuada.artifacts.store import Store
from tests.service.drawing import try_each
from tests.service.hostile import mangled_bytes
from tests.service.raw_http import BROKEN, LENGTH, ODD, Answer, exchange, get, post
from tests.service.serving import Server
from tests.service.unharmed import check_answer, come_through

# Said by the server under the application, before there is a request to speak of.
_NOT_SERVED = {
    501: ("unknown_method", "unknown_transfer_coding"),
    505: ("unsupported_version",),
}
_PLAIN = (400, "text/plain; charset=utf-8", b"Invalid HTTP request received.")


@pytest.fixture(scope="module")
def knocked(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service that waits for bodies only shortly."""
    log = tmp_path_factory.mktemp("knocked") / "log"
    server = Server(store.location, log, max_body_bytes=2**20, body_timeout_s=0.5)
    server.wait_ready()
    yield server
    server.stop()


def check(answer: Answer) -> None:
    if (answer.status, answer.media, answer.content) == _PLAIN:
        assert answer.closes
        return
    if answer.status in _NOT_SERVED:
        assert answer.closes
        assert json.loads(answer.content)["error"]["code"] in _NOT_SERVED[answer.status]
        return
    protocol = answer.status >= 400 and isinstance(json.loads(answer.content).get("error"), str)
    path = "/v2" if protocol else "/"
    check_answer(answer.status, answer.media, answer.content, path)


def check_good(server: Server) -> None:
    (answer,) = exchange(server, post(LENGTH))
    assert answer.status == 200, answer


@pytest.mark.parametrize("request_bytes", ODD.values(), ids=ODD)
def test_unusual_request_is_answered(knocked: Server, request_bytes: bytes) -> None:
    (answer,) = exchange(knocked, request_bytes)
    check(answer)
    check_good(knocked)


@pytest.mark.parametrize("request_bytes", BROKEN.values(), ids=BROKEN)
def test_broken_request_is_refused_or_hung_up_on(knocked: Server, request_bytes: bytes) -> None:
    for stop in (False, True):
        for answer in exchange(
            knocked, request_bytes, stop=stop or b"\r\n\r\n" not in request_bytes
        ):
            check(answer)
    check_good(knocked)


@pytest.mark.parametrize("end", range(0, 117, 7))
def test_request_that_breaks_off_is_hung_up_on(knocked: Server, end: int) -> None:
    for answer in exchange(knocked, post(LENGTH)[:end], stop=True):
        check(answer)
    check_good(knocked)


def test_clients_that_vanish_leave_nothing_behind(knocked: Server) -> None:
    address = urlsplit(knocked.url)
    with come_through(knocked):
        for end in range(0, 116, 2):
            with socket.create_connection((address.hostname, address.port)) as connection:
                # Closing resets the connection at once, as a client that crashes does.
                reset = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                connection.sendall((post(LENGTH) * 2)[: end * 2])
        check_good(knocked)


def test_requests_ahead_of_their_answers_are_answered_in_order(knocked: Server) -> None:
    bodies = [b'{"a":[%d],"op":"+","b":[1]}' % number for number in range(10)]
    requests = [post(b"Content-Length: %d" % len(body), body=body) for body in bodies]
    answers = exchange(knocked, b"".join(requests), answers=10)
    values = [json.loads(answer.content)["predictions"] for answer in answers]
    single = [json.loads(exchange(knocked, request)[0].content) for request in requests]
    assert values == [answer["predictions"] for answer in single]
    assert len({str(value) for value in values}) == 10


def test_bad_request_among_good_ones_spoils_none_before_it(knocked: Server) -> None:
    answers = exchange(knocked, post(LENGTH) + post(b"Content-Length: x") + post(LENGTH), answers=3)
    assert [answer.status for answer in answers][:2] in ([200, 400], [400])
    assert answers[-1].closes


def test_body_beside_an_offer_to_upgrade_is_read(knocked: Server) -> None:
    # What the HTTP client of Java's own library sends at first, unless told otherwise.
    offer = b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAEAAEAA"
    (answer,) = exchange(knocked, post(*offer, LENGTH))
    assert answer.status == 200, answer


@pytest.mark.parametrize("examples", [60, pytest.param(3000, marks=pytest.mark.slow)])
def test_mangled_connection_is_answered_or_hung_up_on(knocked: Server, examples: int) -> None:
    good = [post(LENGTH), ODD["chunks"], ODD["trailer"], get(), post(LENGTH) + get()]
    outcomes: Counter[int] = Counter()

    def send(request: bytes) -> None:
        answers = exchange(knocked, request, stop=True)
        for answer in answers:
            check(answer)
        check_good(knocked)
        outcomes[answers[0].status if answers else 0] += 1

    with come_through(knocked):
        try_each(mangled_bytes(good), examples, send)
    assert outcomes.total() >= examples
    assert min(outcomes[200], outcomes[400]) >= examples / 20, outcomes
