"""`/models/{model}/versions/{version}/files/{path}`: what may be looked at, and nothing else."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.signatures import sign_version
from tabuada.artifacts.store import Store
from tests.keys import make_key
from tests.service.conftest import StartServer
from tests.service.raw_http import exchange, get
from tests.service.refusal import check_refusal
from tests.service.serving import Server
from tests.service.tiny import TinyNetwork, publish_tiny

FILES = "/models/mlp/versions/1/files"
TRAINING = {
    "training/report.html": (b"<!doctype html><title>Report</title>", "text/html; charset=utf-8"),
    "training/trials.csv": (b"trial,val_mae\n1,0.5\n", "text/csv; charset=utf-8"),
    "training/test.json": (b'{"mae": 0.1}', "application/json"),
    "training/plots/a b.png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "training/trials.svg": (b"<svg/>", "application/octet-stream"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, networks: dict[int, TinyNetwork]) -> Path:
    """A store with one version of `mlp` that has files of its training, and `other` beside it."""
    root = tmp_path_factory.mktemp("version-files")
    for path, (content, _) in TRAINING.items():
        target = root / "work" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    store = Store(root / "artifacts")
    publish_tiny(store, root / "work", networks[1])
    publish_tiny(store, root / "other", networks[2], model="other")
    return root / "artifacts"


@pytest.fixture(scope="module")
def shown(folder: Path) -> Iterator[Server]:
    """A service over that store."""
    server = Server(folder, folder.parent / "log")
    server.wait_ready()
    yield server
    server.stop()


@pytest.mark.parametrize("path", TRAINING)
def test_file_is_given_as_it_was_published(shown: Server, path: str) -> None:
    content, media_type = TRAINING[path]
    answer = httpx.get(f"{shown.url}{FILES}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.content == content
    assert answer.headers["content-type"] == media_type
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'


def test_card_is_given_in_its_own_letters(shown: Server) -> None:
    answer = httpx.get(f"{shown.url}{FILES}/MODEL_CARD.md")
    assert answer.text == "# mlp: só para testes\n"
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"


def test_file_is_shut_off_from_the_pages_of_the_service(shown: Server) -> None:
    for path in ("training/report.html", "training/trials.svg", "MODEL_CARD.md"):
        headers = httpx.get(f"{shown.url}{FILES}/{path}").headers
        policy = headers["content-security-policy"]
        assert re.match(r"sandbox allow-scripts; default-src 'none';", policy)
        assert "allow-same-origin" not in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        # A browser shows no sandboxed document that asks for this one (HTML, 7.4.5).
        assert "cross-origin-opener-policy" not in headers


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ("{etag}", 304),
        ('"other", W/{etag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("{bare}", 200),
        (",,,", 200),
    ],
)
def test_file_is_not_sent_again_to_who_has_it(shown: Server, known: str, status: int) -> None:
    address = f"{shown.url}{FILES}/training/trials.csv"
    first = httpx.get(address)
    etag = first.headers["etag"]
    header = known.format(etag=etag, bare=etag.strip('"'))
    answer = httpx.get(address, headers={"If-None-Match": header})
    assert answer.status_code == status
    assert answer.headers["etag"] == etag
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.content == (b"" if status == 304 else first.content)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "model.onnx",  # listed, but not for people
        "scaler.json",
        "manifest.json",
        "training",
        "training/",
        "training/nothing.csv",
        "training/../model.onnx",
        "training/../../../other/1/MODEL_CARD.md",
        "training/%2e%2e/model.onnx",
        "training%2f..%2fmodel.onnx",
        "..%2f..%2f..%2fother/1/MODEL_CARD.md",
        "/etc/passwd",
        "//etc/passwd",
        "training//trials.csv",
        "./MODEL_CARD.md",
        "MODEL_CARD.md/",
        "MODEL_CARD.md%00.html",
        "model_card.md",
        "training/" + "x" * 3000,
    ],
)
def test_nothing_else_is_given(shown: Server, path: str) -> None:
    (answer,) = exchange(shown, get(target=f"{FILES}/{path}".encode()))
    assert answer.status == 404, answer
    assert b'"code":"unknown_file"' in answer.content


def test_file_of_another_version_is_not_there(shown: Server) -> None:
    for base, code, field in (
        ("/models/mlp/versions/2/files", "unknown_version", "version"),
        ("/models/nope/versions/1/files", "unknown_model", "model"),
        ("/models/other/versions/1/files", "unknown_file", "file"),
    ):
        check_refusal(httpx.get(f"{shown.url}{base}/training/trials.csv"), 404, code, field)


def test_damaged_file_is_refused_and_the_others_are_given(
    folder: Path, start_server: StartServer, tmp_path: Path
) -> None:
    store = tmp_path / "artifacts"
    shutil.copytree(folder, store)
    training = store / "mlp" / "1" / "training"
    server = start_server(store)
    server.wait_ready()
    (training / "trials.csv").write_bytes(b"trial,val_mae\n1,0.4\n")  # as long as it was
    (training / "report.html").unlink()
    (training / "test.json").unlink()
    (training / "test.json").symlink_to(store / "other" / "1" / "MODEL_CARD.md")
    (training / "plots" / "a b.png").write_bytes(b"\x89PNG" * 2**20)
    for path in TRAINING.keys() - {"training/trials.svg"}:
        answer = httpx.get(f"{server.url}{FILES}/{path}")
        message = check_refusal(answer, 503, "version_unavailable", None)
        assert str(store) not in message  # where it lies is for the log alone
        assert answer.headers["retry-after"] == "1"
    assert str(training) in server.log()
    assert httpx.get(f"{server.url}{FILES}/training/trials.svg").content == b"<svg/>"
    assert httpx.get(f"{server.url}{FILES}/MODEL_CARD.md").status_code == 200


def test_version_whose_network_is_damaged_still_shows_its_files(
    folder: Path, start_server: StartServer, tmp_path: Path
) -> None:
    """One file is read, not the whole version: a report says what was there before."""
    store = tmp_path / "artifacts"
    shutil.copytree(folder, store)
    server = start_server(store, default_model="other")
    server.wait_ready()
    os.truncate(store / "mlp" / "1" / "model.onnx", 10)
    answer = httpx.get(f"{server.url}{FILES}/training/trials.csv")
    assert answer.content == TRAINING["training/trials.csv"][0]


def test_unsigned_file_is_not_shown_where_signatures_are_asked_for(
    folder: Path, start_server: StartServer, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "artifacts")
    store, key = Store(tmp_path / "artifacts"), make_key(tmp_path, "ours")
    sign_version(store, "other", 1, key.private)
    server = start_server(tmp_path / "artifacts", verify_key=key.public, default_model="other")
    server.wait_ready()
    card = httpx.get(f"{server.url}/models/other/versions/1/files/MODEL_CARD.md")
    assert card.text == "# other: só para testes\n"
    refused = httpx.get(f"{server.url}{FILES}/MODEL_CARD.md")
    check_refusal(refused, 503, "version_unavailable", None)
    sign_version(store, "mlp", 1, key.private)
    assert httpx.get(f"{server.url}{FILES}/MODEL_CARD.md").status_code == 200
