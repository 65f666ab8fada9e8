"""Tests of ports that are held."""

import socket

import pytest

from tests.ports import hold_port


def test_held_port_refuses_until_a_server_listens_there() -> None:
    with hold_port() as port:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        with socket.create_server(("127.0.0.1", port)):
            socket.create_connection(("127.0.0.1", port)).close()


def test_held_port_is_given_to_nobody_who_asks_for_any() -> None:
    with hold_port() as port:
        others = [socket.create_server(("127.0.0.1", 0)) for _ in range(100)]
        try:
            assert port not in {other.getsockname()[1] for other in others}
        finally:
            for other in others:
                other.close()
