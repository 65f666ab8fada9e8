"""Signing, and what then passes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from tabuada.artifacts.publishing import prune, publish
from tabuada.artifacts.signatures import TrustedKeys, sign_version
from tabuada.artifacts.store import Store
from tabuada.errors import BadKey, CorruptArtifact, NotFound, NotTrusted
from tests.keys import make_key
from tests.tabuada.samples import FILES, describe, list_staging
from tests.tabuada.signatures.conftest import Keys
from tests.tabuada.signatures.forging import EVIL, check, folder_of, signature_of


def test_signed_version_passes(signed: Store, trusted: TrustedKeys) -> None:
    check(signed, trusted, 1)
    check(signed, trusted, 2)
    assert list_staging(signed) == []
    assert signed.versions("mlp") == [1, 2]
    assert signed.models() == ["mlp"]


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()], ids=lambda c: c.name)
def test_other_curves_pass(published: Store, tmp_path: Path, curve: ec.EllipticCurve) -> None:
    pair = make_key(tmp_path, "other", curve)
    sign_version(published, "mlp", 2, pair.private)
    check(published, TrustedKeys([pair.public]))


def test_either_of_two_keys_passes(signed: Store, keys: Keys) -> None:
    both = TrustedKeys([keys[1].public, keys[0].public])
    check(signed, both)
    sign_version(signed, "mlp", 2, keys[1].private)  # in place of the earlier signature
    check(signed, both)
    with pytest.raises(NotTrusted):
        check(signed, TrustedKeys([keys[0].public]))


def test_keys_are_those_of_the_start(signed: Store, keys: Keys, tmp_path: Path) -> None:
    path = tmp_path / "public.pem"
    shutil.copy(keys[0].public, path)
    trusted = TrustedKeys([path])
    shutil.copy(keys[1].public, path)
    check(signed, trusted)


def test_command_of_the_library_agrees_both_ways(
    published: Store, keys: Keys, trusted: TrustedKeys
) -> None:
    def run(verb: str, key: str, path: Path) -> str:
        signature = signature_of(published)
        signature.parent.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "model_signing", verb, "key", str(folder_of(published))]
        options = [key, str(path), "--signature", str(signature)]
        return subprocess.run(
            [*command, *options], check=True, capture_output=True, text=True, timeout=60
        ).stdout

    run("sign", "--private_key", keys[0].private)
    check(published, trusted)
    sign_version(published, "mlp", 2, keys[0].private)
    assert "succeeded" in run("verify", "--public_key", keys[0].public)


def test_damaged_version_is_not_signed(signed: Store, keys: Keys) -> None:
    before = signature_of(signed).read_bytes()
    (folder_of(signed) / "model.onnx").write_bytes(EVIL)
    with pytest.raises(CorruptArtifact):
        sign_version(signed, "mlp", 2, keys[0].private)
    (folder_of(signed) / "model.onnx").write_bytes(FILES["model.onnx"])
    (folder_of(signed) / "more.so").write_bytes(EVIL)
    with pytest.raises(NotTrusted, match=r"more\.so"):
        sign_version(signed, "mlp", 2, keys[0].private)
    assert signature_of(signed).read_bytes() == before


def test_version_that_is_not_there_is_not_signed(published: Store, keys: Keys) -> None:
    with pytest.raises(NotFound):
        sign_version(published, "mlp", 3, keys[0].private)
    assert not signature_of(published).parent.exists()


def test_pruning_takes_the_signature_along(
    signed: Store, source: Path, trusted: TrustedKeys
) -> None:
    publish(signed, source, describe())
    assert prune(signed, "mlp", keep=2) == [1]
    assert os.listdir(Path(signed.location) / "mlp/signatures") == ["2.sig"]
    assert list_staging(signed) == []
    check(signed, trusted)


def _write_key(
    path: Path,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    encryption: KeySerializationEncryption,
) -> None:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("missing", "No such file"),
        ("folder", "directory"),
        ("no PEM", "PEM"),
        ("public", "private key"),
        ("other curve", "curve"),
        ("RSA", "another kind"),
        ("encrypted", "encrypted"),
    ],
)
def test_bad_private_key_is_told(
    published: Store, keys: Keys, tmp_path: Path, kind: str, said: str
) -> None:
    path = tmp_path / "bad.pem"
    if kind == "folder":
        path.mkdir()
    elif kind == "no PEM":
        path.write_text("a key")
    elif kind == "public":
        shutil.copy(keys[0].public, path)
    elif kind == "other curve":
        make_key(tmp_path, "bad", ec.SECP256K1())
    elif kind == "RSA":
        _write_key(path, rsa.generate_private_key(65537, 2048), NoEncryption())
    elif kind == "encrypted":
        key = ec.generate_private_key(ec.SECP256R1())
        _write_key(path, key, BestAvailableEncryption(b"word"))
    with pytest.raises(BadKey, match=rf"expected .*bad\.pem.*{said}.*openssl"):
        sign_version(published, "mlp", 2, path)
    assert not signature_of(published).exists()


@pytest.mark.parametrize("name", ["private", "missing"])
def test_bad_public_key_is_told(keys: Keys, tmp_path: Path, name: str) -> None:
    path = keys[0].private if name == "private" else tmp_path / "missing"
    with pytest.raises(BadKey, match=r"expected .*public key.*Received: .*openssl"):
        TrustedKeys([path])
