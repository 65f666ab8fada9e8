"""Asks a service by hand: part of a body, an answer that nobody reads, bytes as they come."""

import json
import socket

import httpx

from tests.service.refusal import JSON
from tests.service.serving import Server
from tests.service.tensors import INFER, describe_binary, pack_signs
from tests.service.traffic import announce, read_all, wait_until


def post(server: Server, content: bytes, path: str = "/predict", **more: str) -> httpx.Response:
    return httpx.post(f"{server.url}{path}", content=content, headers=JSON | more, timeout=60)


def say(server: Server, content: bytes) -> bytes:
    """Send some bytes and return what comes until the service closes."""
    with server.connect() as connection:
        connection.sendall(content)
        return read_all(connection)


def announce_tensors(server: Server, size_bytes: int, sent_bytes: int = 0) -> socket.socket:
    """Begin a request of raw tensors, and send a part of its body."""
    return announce(server, size_bytes, INFER, sent_bytes, "Inference-Header-Content-Length: 10")


def read_metric(server: Server, line: str) -> float:
    text = httpx.get(f"{server.url}/metrics").text
    found = [x.rsplit(" ", 1)[1] for x in text.splitlines() if x.startswith(line)]
    return float(found[0]) if found else 0.0


def count_in_progress(server: Server) -> int:
    return int(read_metric(server, "tabuada_requests_in_progress ")) - 1


def wait_for_requests(server: Server, count: int) -> None:
    wait_until(lambda: count_in_progress(server) == count)


def ask_int8(rows: int) -> tuple[bytes, dict[str, str]]:
    """Return a request of binary tensors whose answer is binary, four times as long."""
    ones = b"\1" * rows
    inputs = [
        describe_binary("a", [rows], "INT8", ones),
        describe_binary("op", [1], "BYTES", pack_signs(["+"])),
        describe_binary("b", [rows], "INT8", ones),
    ]
    head = json.dumps({"parameters": {"binary_data_output": True}, "inputs": inputs}).encode()
    length = {"Inference-Header-Content-Length": str(len(head))}
    return head + ones + pack_signs(["+"]) + ones, length


def ask_and_read_nothing(server: Server, rows: int) -> socket.socket:
    content, headers = ask_int8(rows)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", server.port))
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = f"POST {INFER} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\n"
    connection.sendall((head + "\r\n".join(lines)).encode() + b"\r\n\r\n" + content)
    return connection
