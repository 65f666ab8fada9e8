"""A bucket out of reach: what is loaded goes on, and a restarted replica serves its copies."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.signatures import sign_version
from tabuada.artifacts.store import Store
from tests.keys import make_key
from tests.s3 import BUCKET, Disturbance, S3Server
from tests.service.conftest import StartServer
from tests.service.refusal import check_refusal
from tests.service.replacing import prepare_version
from tests.service.serving import Server
from tests.service.test_catalogue import wait_until
from tests.service.test_object_storage import BODY, ask
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny

_SERVES = "Serving verified copies of mlp"


@pytest.fixture
def bucket(s3: S3Server, networks: Networks, tmp_path: Path) -> Store:  # noqa: ARG001 -- has to run
    """A store in a bucket: `mlp` with versions 1 and 2, `stable` at 1."""
    store = Store(f"s3://{BUCKET}/{uuid.uuid4().hex}", tmp_path / "cache of the publisher")
    for version in (1, 2):
        publish_tiny(store, tmp_path / f"work{version}", networks[version])
    set_label(store, "mlp", "stable", 1)
    return store


@pytest.fixture
def down(s3: S3Server) -> Iterator[Disturbance]:
    """What makes the bucket go away, and come back at the end."""
    with s3.disturbed() as network:
        yield network


def read_metric(server: Server, name: str) -> float:
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    (value,) = (line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} "))
    return float(value)


def overwrite(store: Store, prepared: Path, version: int) -> None:
    """Write the files of a version over those in a bucket, the manifest last."""
    paths = sorted(path for path in prepared.rglob("*") if path.is_file())
    paths.sort(key=lambda path: path.name == "manifest.json")
    for path in paths:
        target = f"mlp/{version}/{path.relative_to(prepared).as_posix()}"
        store.storage.replace(target, path.read_bytes())


def test_restarted_replica_serves_its_copies_and_says_so(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path, down: Disturbance
) -> None:
    cache = tmp_path / "cache"
    first = start_server(bucket.location, cache=cache)
    first.wait_ready()
    assert first.stop() == 0
    down.down = True
    server = start_server(bucket.location, cache=cache)
    server.wait_ready()
    ask(server, networks[1])
    digest = httpx.post(f"{server.url}/predict", json=BODY).headers["x-model-digest"]
    ready = httpx.get(f"{server.url}/health/ready").json()
    assert ready == {"status": "ready", "model": "mlp", "version": 1, "store": "copies"}
    manifest = httpx.get(f"{server.url}/models/mlp/versions/1")
    assert (manifest.status_code, manifest.headers["x-model-digest"]) == (200, digest)
    assert httpx.get(f"{server.url}/v2/models/mlp").json()["versions"] == ["1"]
    assert read_metric(server, "tabuada_serves_copies") == 1
    assert read_metric(server, "tabuada_store_readable") == 0
    assert server.log().count(_SERVES) == 1
    down.down = False
    set_label(bucket, "mlp", "stable", 2)
    server.wait_for_version(2)
    ask(server, networks[2])
    assert "store" not in httpx.get(f"{server.url}/health/ready").json()
    assert read_metric(server, "tabuada_store_readable") == 1
    assert "Traceback" not in server.log()


@pytest.mark.parametrize(
    "damaged",
    ["file", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("manifest", "missing"))],
)
def test_copies_that_are_damaged_are_not_served(
    bucket: Store, start_server: StartServer, tmp_path: Path, down: Disturbance, damaged: str
) -> None:
    cache = tmp_path / "cache"
    start_server(bucket.location, cache=cache).wait_ready()
    (folder,) = (path for path in cache.iterdir() if len(path.name) == 64)
    (known,) = cache.glob(".known/*/mlp/1/manifest.json")
    if damaged == "file":
        os.truncate(folder / "model.onnx", 10)
    elif damaged == "manifest":
        known.write_bytes(known.read_bytes() + b" ")
    else:
        (folder / "model.onnx").unlink()
    down.down = True
    server = start_server(bucket.location, cache=cache)
    wait_until("Refused mlp version 1" if damaged != "manifest" else "Refused the store", server)
    check_refusal(httpx.get(f"{server.url}/health/ready"), 503, "not_ready", None)
    down.down = False
    server.wait_ready()


@pytest.mark.slow
def test_copies_must_be_signed_as_every_other_version(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path, down: Disturbance
) -> None:
    cache, keys, others = tmp_path / "cache", make_key(tmp_path, "ours"), make_key(tmp_path, "they")
    sign_version(bucket, "mlp", 1, keys.private)
    start_server(bucket.location, cache=cache, verify_key=keys.public).wait_ready()
    down.down = True
    server = start_server(bucket.location, cache=cache, verify_key=keys.public)
    server.wait_ready()
    ask(server, networks[1])
    stranger = start_server(bucket.location, cache=cache, verify_key=others.public)
    wait_until("Refused mlp version 1: expected a signature of mlp version 1 by a", stranger)
    assert httpx.get(f"{stranger.url}/health/ready").status_code == 503


def test_version_removed_from_a_bucket_does_not_come_back_from_the_copies(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path, down: Disturbance
) -> None:
    cache = tmp_path / "cache"
    server = start_server(bucket.location, cache=cache, version_policy="mlp=latest")
    server.wait_for_version(2)
    assert httpx.post(f"{server.url}/predict", json={**BODY, "version": 1}).status_code == 200
    bucket.storage.remove_version("mlp", 2)
    server.wait_for_version(1)
    down.down = True
    again = start_server(bucket.location, cache=cache, version_policy="mlp=latest")
    again.wait_ready()
    ask(again, networks[1])


@pytest.mark.slow
def test_version_replaced_in_a_bucket_is_taken_over_whatever_the_cache_holds(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    server = start_server(bucket.location, cache=cache)
    server.wait_ready()
    old = httpx.get(f"{server.url}/models/mlp").json()["serving_digest"]
    prepared = prepare_version(tmp_path / "other", networks[3])
    new = hashlib.sha256((prepared / "manifest.json").read_bytes()).hexdigest()
    overwrite(bucket, prepared, 1)
    wait_until(f"mlp now answers with version 1, {new[:16]}", server)
    ask(server, networks[3])
    assert httpx.get(f"{server.url}/models/mlp/versions/1").headers["x-model-digest"] == new[:16]
    assert {old, new} <= {path.name for path in cache.iterdir()}
    restarted = start_server(bucket.location, cache=cache)
    restarted.wait_ready()
    ask(restarted, networks[3])


@pytest.mark.slow
def test_silent_bucket_stops_nothing_that_is_loaded(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path, down: Disturbance
) -> None:
    cache = tmp_path / "cache"
    server = start_server(bucket.location, cache=cache)
    server.wait_ready()
    down.speaks.clear()
    wait_until("no answer within 15 s", server)
    ask(server, networks[1])
    assert httpx.get(f"{server.url}/health/ready").json()["store"] == "unreadable"
    check_refusal(httpx.get(f"{server.url}/models", timeout=60), 503, "store_unavailable", None)
    restarted = start_server(bucket.location, cache=cache)
    restarted.wait_ready()
    ask(restarted, networks[1])
    assert httpx.get(f"{restarted.url}/health/ready").json()["store"] == "copies"
    assert [server.stop(), restarted.stop()] == [0, 0]
