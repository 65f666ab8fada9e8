"""Serving only what a trusted key signed."""

import os
import shutil
from pathlib import Path

import httpx
import pytest

from service.app import create_app
from service.errors import BadSetting
from service.settings import read_settings
from tabuada.artifacts.publishing import put_signature
from tabuada.artifacts.signatures import sign_version
from tabuada.artifacts.store import Store
from tests.keys import KeyPair, make_key
from tests.service.conftest import StartServer
from tests.service.refusal import check_refusal
from tests.service.serving import ROOT, run_service
from tests.service.test_catalogue import BODY, ask_version, wait_until
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    store = Store(tmp_path / "artifacts")
    publish_tiny(store, tmp_path / "work1", networks[1])
    return store


@pytest.fixture
def keys(tmp_path: Path) -> tuple[KeyPair, KeyPair]:
    return make_key(tmp_path, "ours"), make_key(tmp_path, "theirs")


def test_unsigned_version_is_not_served_until_it_is_signed(
    start_server: StartServer,
    own_store: Store,
    tmp_path: Path,
    networks: Networks,
    keys: tuple[KeyPair, KeyPair],
) -> None:
    server = start_server(own_store.location, verify_key=keys[0].public)
    wait_until("Refused mlp version 1: expected a signature", server)
    check_refusal(httpx.post(f"{server.url}/predict", json=BODY), 503, "version_unavailable", None)
    check_refusal(httpx.get(f"{server.url}/health/ready"), 503, "not_ready", None)

    sign_version(own_store, "mlp", 1, keys[0].private)
    server.wait_ready()
    assert ask_version(server) == 1

    publish_tiny(own_store, tmp_path / "work2", networks[2])
    wait_until("Refused mlp version 2: expected a signature", server)
    answer = httpx.post(f"{server.url}/predict", json={**BODY, "version": 2})
    message = check_refusal(answer, 503, "version_unavailable", None)
    assert str(tmp_path) not in message
    sign_version(own_store, "mlp", 2, keys[1].private)
    wait_until("Refused mlp version 2: expected a signature of mlp version 2 by a", server)
    assert ask_version(server) == 1

    sign_version(own_store, "mlp", 2, keys[0].private)
    server.wait_for_version(2)
    assert ask_version(server) == 2
    assert "Traceback" not in server.log()
    assert server.log().count("Refused") == 3


def test_hostile_signature_changes_nothing_but_the_log(
    start_server: StartServer,
    own_store: Store,
    tmp_path: Path,
    networks: Networks,
    keys: tuple[KeyPair, KeyPair],
) -> None:
    signature = Path(sign_version(own_store, "mlp", 1, keys[0].private))
    server = start_server(own_store.location, verify_key=keys[0].public)
    server.wait_ready()
    publish_tiny(own_store, tmp_path / "work2", networks[2])
    forged = signature.with_name("2.sig")
    for content, said in (
        (signature.read_bytes(), "Signature mismatch"),  # of another version
        (b"[" * 100_000, "recursion"),
        (b"{}", "verificationMaterial"),
    ):
        put_signature(own_store, "mlp", 2, content)
        wait_until(said, server)
        assert ask_version(server) == 1
    os.truncate(forged, 2**40)
    wait_until("expected at most", server)
    forged.unlink()
    shutil.copy(signature, tmp_path / "kept")
    forged.symlink_to(tmp_path / "kept")
    wait_until("expected no symbolic link", server)
    assert ask_version(server) == 1
    assert "Traceback" not in server.log()


def test_either_of_two_keys_is_enough(
    start_server: StartServer, own_store: Store, keys: tuple[KeyPair, KeyPair]
) -> None:
    sign_version(own_store, "mlp", 1, keys[1].private)
    both = os.pathsep.join(str(pair.public) for pair in keys)
    server = start_server(own_store.location, verify_key=both)
    server.wait_ready()
    assert ask_version(server) == 1


def test_signature_is_not_looked_at_where_no_key_is_named(
    start_server: StartServer, own_store: Store
) -> None:
    put_signature(own_store, "mlp", 1, b"not a signature")
    server = start_server(own_store.location, "-X", "importtime")
    server.wait_ready()
    assert ask_version(server) == 1
    server.stop()
    imported = {line.split("|")[-1].strip().split(".")[0] for line in server.log().splitlines()}
    assert "service" in imported
    assert not imported & {"model_signing", "sigstore", "sigstore_models", "cryptography"}


@pytest.mark.parametrize("kind", ["missing", "private", "empty", "separator"])
def test_bad_key_is_explained_in_one_line(
    monkeypatch: pytest.MonkeyPatch, keys: tuple[KeyPair, KeyPair], tmp_path: Path, kind: str
) -> None:
    value, said = {
        "missing": (str(tmp_path / "none.pem"), "No such file"),
        "private": (str(keys[0].private), "openssl ec"),
        "empty": ("", "Unset it"),  # as a variable that was never filled in would be
        "separator": (os.pathsep, "Unset it"),
    }[kind]
    monkeypatch.setenv("TABUADA_VERIFY_KEY", value)
    with pytest.raises(BadSetting, match=r"^TABUADA_VERIFY_KEY: expected ") as caught:
        create_app(read_settings())
    (line,) = str(caught.value).splitlines()
    assert value in line
    assert said in line


def test_bad_key_is_one_line_and_code_2(own_store: Store, tmp_path: Path) -> None:
    value = str(tmp_path / "none.pem")
    result = run_service(TABUADA_VERIFY_KEY=value, TABUADA_ARTIFACTS=str(own_store.location))
    assert result.returncode == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: TABUADA_VERIFY_KEY: expected ")
    assert value in line
    assert "No such file" in line


def test_missing_library_is_one_line_and_code_2(
    keys: tuple[KeyPair, KeyPair], tmp_path: Path
) -> None:
    hiding = tmp_path / "hiding"
    hiding.mkdir()
    (hiding / "model_signing.py").write_text("raise ModuleNotFoundError('No module model_signing')")
    result = run_service(TABUADA_VERIFY_KEY=str(keys[0].public), PYTHONPATH=str(hiding))
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: TABUADA_VERIFY_KEY: expected the library")
    assert f"pip install '{ROOT}[signing]'" in line
