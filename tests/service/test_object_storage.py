"""The service over a store on object storage: pick-up, damage, an outage, signatures."""

import uuid
from pathlib import Path

import httpx
import pytest

from service.app import create_app
from service.errors import BadSetting
from service.settings import read_settings
from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.signatures import sign_version
from tabuada.artifacts.store import Store
from tests.keys import make_key
from tests.s3 import BUCKET, S3Server
from tests.service.conftest import StartServer
from tests.service.serving import Server, run_service
from tests.service.test_catalogue import wait_until
from tests.service.tiny import TinyNetwork, check_answers, publish_tiny

Networks = dict[int, TinyNetwork]
ROWS = [(4.93, "+", 4.02), (6.3, "/", -0.6)]
BODY = {"instances": [{"a": a, "op": op, "b": b} for a, op, b in ROWS]}


@pytest.fixture
def bucket(s3: S3Server, networks: Networks, tmp_path: Path) -> Store:  # noqa: ARG001 -- has to run
    """A store in a bucket, with version 1 of `mlp`."""
    store = Store(f"s3://{BUCKET}/{uuid.uuid4().hex}", tmp_path / "cache of the publisher")
    publish_tiny(store, tmp_path / "work", networks[1])
    return store


def ask(server: Server, network: TinyNetwork) -> None:
    """Ask for predictions and compare them with a network's own."""
    answer = httpx.post(f"{server.url}/predict", json=BODY)
    assert answer.status_code == 200, answer.text
    check_answers(answer.json()["predictions"], network.forward(ROWS))


def test_service_follows_a_store_in_a_bucket(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path
) -> None:
    server = start_server(bucket.location, cache=tmp_path / "cache")
    server.wait_ready()
    ask(server, networks[1])
    publish_tiny(bucket, tmp_path / "work2", networks[2])
    server.wait_for_version(2)
    ask(server, networks[2])
    set_label(bucket, "mlp", "stable", 1)
    server.wait_for_version(1)
    ask(server, networks[1])
    listed = httpx.get(f"{server.url}/models/mlp").json()
    assert listed["versions"] == [1, 2]
    card = httpx.get(f"{server.url}/models/mlp/versions/2/files/MODEL_CARD.md")
    assert card.text == "# mlp: só para testes\n"
    assert "Traceback" not in server.log()


def test_service_goes_on_while_its_bucket_is_down_and_follows_it_after(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path, s3: S3Server
) -> None:
    server = start_server(bucket.location, cache=tmp_path / "cache")
    server.wait_ready()
    with s3.disturbed() as network:
        network.down = True
        wait_until(f"Refused the store at {bucket.location}: expected the store at", server)
        ask(server, networks[1])
        assert httpx.get(f"{server.url}/health/ready").status_code == 200
        refused = httpx.get(f"{server.url}/models")
        assert refused.status_code == 503, refused.text
        assert refused.json()["error"]["code"] == "store_unavailable"
    publish_tiny(bucket, tmp_path / "work2", networks[2])
    server.wait_for_version(2)
    ask(server, networks[2])
    assert server.log().count("Refused the store") == 1


def test_service_started_while_its_bucket_is_down_serves_as_soon_as_it_is_up(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path, s3: S3Server
) -> None:
    with s3.disturbed() as network:
        network.down = True
        server = start_server(bucket.location, cache=tmp_path / "cache")
        wait_until("Refused the store", server)
        assert httpx.get(f"{server.url}/health/ready").status_code == 503
    server.wait_ready()
    ask(server, networks[1])


def test_version_damaged_in_a_bucket_is_refused_until_it_is_repaired(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path
) -> None:
    server = start_server(bucket.location, cache=tmp_path / "cache")
    server.wait_ready()
    set_label(bucket, "mlp", "stable", 1)
    publish_tiny(bucket, tmp_path / "work2", networks[2])
    whole = bucket.storage.read("mlp/2/model.onnx", 2**20)
    bucket.storage.replace("mlp/2/model.onnx", b"x" * len(whole))
    set_label(bucket, "mlp", "stable", 2)
    wait_until(f"Refused mlp version 2: {bucket.location}/mlp/2: expected sha256", server)
    ask(server, networks[1])
    bucket.storage.replace("mlp/2/model.onnx", whole)
    server.wait_for_version(2)
    ask(server, networks[2])


def test_service_with_a_key_serves_only_signed_versions_of_a_bucket(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path
) -> None:
    keys = make_key(tmp_path, "operator")
    server = start_server(bucket.location, cache=tmp_path / "cache", verify_key=keys.public)
    wait_until("expected a signature of mlp version 1", server)
    assert sign_version(bucket, "mlp", 1, keys.private) == f"{bucket.location}/mlp/signatures/1.sig"
    server.wait_ready()
    ask(server, networks[1])


@pytest.mark.parametrize("url", ["s3://", "nothing://bucket"])
def test_place_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TABUADA_ARTIFACTS", url)
    with pytest.raises(
        BadSetting, match=r"^TABUADA_ARTIFACTS: expected the URL of a store"
    ) as told:
        create_app(read_settings())
    assert "\n" not in str(told.value)


def test_service_refuses_to_start_on_a_place_that_is_none() -> None:
    ended = run_service(TABUADA_ARTIFACTS="s3://")
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: TABUADA_ARTIFACTS: expected the URL of a store")
    assert ended.stderr.count("\n") == 1
