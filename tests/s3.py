"""A real S3 server on a real port, moto's, whose network can be disturbed.

It stands in for Google Cloud Storage as well: of what is used of its XML API, two headers differ.
"""

import contextlib
import json
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import boto3
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

BUCKET = "models"
_WRITES = {"PUT", "POST", "DELETE"}

Respond = Callable[..., Any]


class Disturbance:
    """What happens to requests; writing ones are counted from 1 as they arrive.

    Attributes:
        refuse_from: The write that is refused, as is every request after it; None lets all pass.
        kill: A process, and the write that ends it by SIGKILL instead of being carried out.
        lose_answer_of: The write that is carried out and answered with an error.
        refuse_reads_of: End of the keys that cannot be read.
        down: Whether every request is refused.
        speaks: Cleared while every request waits, as in front of a server that hangs.
        ignore_conditions: Whether writes overwrite although they were told to create.
        writes: What arrived, as `METHOD path`.
    """

    def __init__(self) -> None:
        self.refuse_from: int | None = None
        self.kill: tuple[int, int] | None = None
        self.lose_answer_of: int | None = None
        self.refuse_reads_of: str | None = None
        self.down = False
        self.speaks = threading.Event()
        self.speaks.set()
        self.ignore_conditions = False
        self.writes: list[str] = []

    def refuses_read(self, path: str) -> bool:
        """Return whether a file cannot be read."""
        unreadable = self.refuse_reads_of
        return self.down or (unreadable is not None and path.endswith(unreadable))

    def note_write(self, write: str) -> int:
        """Count a write, and let it bring the end about if that is its turn; return its number."""
        self.writes.append(write)
        number = len(self.writes)
        if self.kill and number == self.kill[1]:
            os.kill(self.kill[0], signal.SIGKILL)
        if number in (self.refuse_from, self.kill and self.kill[1]):
            self.down = True
        return number


class S3Server:
    """S3 as a WSGI application, with one bucket.

    Writes are carried out one after the other: what S3 promises of conditional ones, and moto,
    which looks and then writes, does not keep among threads.
    """

    def __init__(self) -> None:
        self.disturbance = Disturbance()
        self._app = DomainDispatcherApplication(create_backend_app)
        self._one_write = threading.Lock()

    @contextlib.contextmanager
    def disturbed(self) -> Iterator[Disturbance]:
        """Hold a disturbance, which ends with the block."""
        self.disturbance = Disturbance()
        try:
            yield self.disturbance
        finally:
            self.disturbance.speaks.set()
            self.disturbance = Disturbance()

    def __call__(self, environment: dict[str, Any], respond: Respond) -> Iterable[bytes]:
        """Answer a request."""
        method, path = environment["REQUEST_METHOD"], environment["PATH_INFO"]
        now = self.disturbance
        now.speaks.wait()
        if not environment.get("HTTP_AUTHORIZATION", "").startswith("AWS4"):
            _translate_from_google(environment)
        if method not in _WRITES:
            return _refuse(respond) if now.refuses_read(path) else self._app(environment, respond)
        with self._one_write:
            number = now.note_write(f"{method} {path}")
            if now.down:
                return _refuse(respond)
            if now.ignore_conditions:
                environment.pop("HTTP_IF_NONE_MATCH", None)
            if number == now.lose_answer_of:
                list(self._app(environment, lambda *_: print))
                return _answer(respond, "500 Internal Server Error", b"the answer was lost")
            answer: Iterable[bytes] = self._app(environment, respond)
            return answer


def _translate_from_google(environment: dict[str, Any]) -> None:
    environment["HTTP_AUTHORIZATION"] = (
        "AWS4-HMAC-SHA256 Credential=learner/20260101/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=0"
    )
    if environment.get("HTTP_X_GOOG_IF_GENERATION_MATCH") == "0":
        environment["HTTP_IF_NONE_MATCH"] = "*"


def _refuse(respond: Respond) -> Iterable[bytes]:
    return _answer(respond, "403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>")


def _answer(respond: Respond, status: str, body: bytes) -> Iterable[bytes]:
    respond(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


def make_google_key(url: str) -> str:
    """Return the key of a service account that has Google's library ask a server of this machine.

    Args:
        url: The server's; it is asked without a token.
    """
    names = ("client_email", "private_key", "private_key_id")
    return json.dumps({"gcs_base_url": url, "disable_oauth": True, **dict.fromkeys(names, "")})


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def serve_s3(host: str = "127.0.0.1") -> Iterator[S3Server]:
    """Serve S3 on a free port of this machine, and let this process and its children find it.

    Args:
        host: Address to listen on.
    """
    app = S3Server()
    server = make_server(host, 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    with pytest.MonkeyPatch.context() as environment:
        url = f"http://{host}:{server.server_port}"
        environment.setenv("AWS_ENDPOINT_URL", url)
        environment.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", make_google_key(url))
        environment.setenv("AWS_ACCESS_KEY_ID", "learner")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "of arithmetic")
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            environment.setenv(name, "us-east-1")
        thread.start()
        try:
            boto3.client("s3").create_bucket(Bucket=BUCKET)
            yield app
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
