"""Which library a URL means, and what happens where its other side is not as it should be."""

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store

from tabuada.artifacts.publishing import check_writable, publish
from tabuada.artifacts.storage.object_stores import open_object_store
from tabuada.artifacts.storage.remote_files import RemoteFiles
from tabuada.artifacts.store import Store
from tabuada.errors import BadLocation, CorruptArtifact, StoreNotWritable, StoreUnreachable
from tests.s3 import make_google_key
from tests.tabuada.samples import describe

AZURE = {"AZURE_STORAGE_ACCOUNT_NAME": "learner", "AZURE_STORAGE_ACCOUNT_KEY": "YXJpdGhtZXRpYw=="}
LIST = """
import sys
from pathlib import Path
from tabuada.artifacts.store import Store
print("asking", flush=True)
Store(sys.argv[1], Path(sys.argv[2])).models()
"""


class Refusing(http.server.BaseHTTPRequestHandler):
    """Refuses whatever it is asked, with pages of reasons."""

    def refuse(self) -> None:
        """Answer a request."""
        body = b"<Error><Code>NotForYou</Code>" + b"<Why>no</Why>\n" * 1000 + b"</Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = refuse  # noqa: N815 -- these are the library's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def point_at(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Google's and Azure's libraries ask a server of this machine."""
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", make_google_key(endpoint))
    for name, value in {**AZURE, "AZURE_STORAGE_ENDPOINT": endpoint}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that refuses, where Google's or Azure's should be."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        point_at(f"http://127.0.0.1:{server.server_port}", monkeypatch)
        yield
        server.shutdown()
        thread.join()


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where nobody listens, where Google's or Azure's server should be."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    point_at(f"http://127.0.0.1:{port}", monkeypatch)


@pytest.mark.parametrize(
    ("scheme", "library"),
    [
        ("s3", S3Store),
        ("s3a", S3Store),
        ("gs", GCSStore),
        ("gcs", GCSStore),
        ("az", AzureStore),
        ("abfs", AzureStore),
    ],
)
def test_url_opens_the_library_of_its_scheme(
    scheme: str, library: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in AZURE.items():
        monkeypatch.setenv(name, value)
    for path, prefix in (("/a folder/of%20it/", "a folder/of%20it"), ("", None)):
        store = open_object_store(f"{scheme}://bucket{path}")
        assert type(store) is library
        assert isinstance(store, S3Store | GCSStore | AzureStore)
        assert store.prefix == prefix


def test_memory_is_the_same_store_for_the_same_url_alone(tmp_path: Path, source: Path) -> None:
    url = f"memory://{uuid.uuid4().hex}/store"
    assert isinstance(open_object_store(url), MemoryStore)
    publish(Store(url, tmp_path), source, describe())
    assert Store(f"{url}/", tmp_path).versions("mlp") == [1]
    assert Store(f"{url}/other", tmp_path).versions("mlp") == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://bucket/folder", "its scheme is none of s3, s3a, gs, gcs, az, abfs, memory"),
        ("gs:///folder", "it names no bucket"),
        ("s3://bucket/a//b", 'Could not parse path: Path "a//b" contained empty path segment'),
        ("az://container/folder", "Generic MicrosoftAzure error: Account must be specified"),
    ],
    ids=["scheme", "bucket", "path", "account"],
)
def test_place_that_is_none_is_refused_with_a_reason_of_one_line(
    url: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(BadLocation) as caught:
        Store(url, tmp_path)
    expected = "expected the URL of a store, such as s3://bucket/folder"
    assert str(caught.value) == f"{expected}. Received: {url}: {reason}. Name another one"


@pytest.mark.parametrize("scheme", ["gs", "az"])
@pytest.mark.parametrize("server", ["refusing", "absent"])
def test_other_side_that_refuses_or_is_not_there_is_unreachable_in_one_line(
    scheme: str, server: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    request.getfixturevalue(server)
    store = Store(f"{scheme}://bucket/folder", tmp_path)
    with pytest.raises(StoreUnreachable) as caught:
        store.models()
    message = str(caught.value)
    assert message.startswith(f"expected the store at {store.location} to answer. Received: ")
    assert message.endswith("Check its address, the credentials and the network")
    assert "\n" not in message
    assert "source" not in message  # no pages out of the library's own code
    assert len(message) < 500
    with pytest.raises(StoreNotWritable, match="Nothing was published"):
        check_writable(store)


def test_file_larger_than_expected_is_not_downloaded(tmp_path: Path) -> None:
    files = RemoteFiles(f"memory://{uuid.uuid4().hex}")
    files.write({"a": b"12345", "b": b""})
    assert (files.read("a", 5), files.read("b", 0)) == (b"12345", b"")
    files.download({"a": (tmp_path / "a", 5), "b": (tmp_path / "b", 0)})
    assert (tmp_path / "a").read_bytes() == b"12345"
    for take in (
        lambda: files.read("a", 4),
        lambda: files.download({"a": (tmp_path / "c", 4)}),
    ):
        with pytest.raises(CorruptArtifact, match=f"at most 4 bytes. Received: {files.url}/a with"):
            take()
    assert (tmp_path / "c").read_bytes() == b""


def test_many_files_go_there_and_back_at_once(tmp_path: Path) -> None:
    files = RemoteFiles(f"memory://{uuid.uuid4().hex}")
    contents = {f"many/{number}": os.urandom(3 * 2**20 + number) for number in range(20)}
    files.write(contents)
    places = {path: tmp_path / str(number) for number, path in enumerate(contents)}
    files.download({path: (place, len(contents[path])) for path, place in places.items()})
    assert all(place.read_bytes() == contents[path] for path, place in places.items())
    assert {name: facts["size"] for name, facts in files.find("many").items()} == {
        path.removeprefix("many/"): len(content) for path, content in contents.items()
    }


def test_download_onto_a_disk_that_takes_nothing_is_no_fault_of_the_store() -> None:
    files = RemoteFiles(f"memory://{uuid.uuid4().hex}")
    files.write({"a": b"12345"})
    with pytest.raises(OSError, match="No space left") as caught:
        files.download({"a": (Path("/dev/full"), 5)})
    assert not isinstance(caught.value, StoreUnreachable)


def test_ctrl_c_is_heard_while_the_other_side_is_silent(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "learner",
            "AWS_SECRET_ACCESS_KEY": "of arithmetic",
        }
        command = [sys.executable, "-c", LIST, "s3://bucket/folder", str(tmp_path)]
        with subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            connection, _ = silent.accept()
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=120)
        connection.close()
    assert told.rstrip().endswith("KeyboardInterrupt")
    assert time.monotonic() - begun < 20  # alone it would wait for a minute, four times


@pytest.mark.slow
def test_program_that_ends_right_after_a_refusal_ends_well(tmp_path: Path) -> None:
    """Asked by coroutines, one of seven was aborted by the library's own threads."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "learner",
        "AWS_SECRET_ACCESS_KEY": "of arithmetic",
        "OBJECT_STORE_MAX_RETRIES": "0",
    }
    command = [sys.executable, "-c", LIST, "s3://bucket/folder", str(tmp_path)]
    for _ in range(25):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        assert "StoreUnreachable" in done.stderr
