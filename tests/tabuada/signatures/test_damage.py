"""Every way a signature, or a version that was signed, may lie."""

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from model_signing import hashing, signing

from tabuada.artifacts.signatures import TrustedKeys, sign_version
from tabuada.artifacts.store import MAX_SIGNATURE_BYTES, Store
from tabuada.errors import CorruptArtifact, NotTrusted
from tabuada.manifests.files import MANIFEST_NAME
from tests.tabuada.signatures.conftest import Keys
from tests.tabuada.signatures.forging import (
    EVIL,
    check,
    edit_bundle,
    folder_of,
    forge,
    signature_of,
    vouch_for_forged,
)


def _remove(store: Store) -> None:
    signature_of(store).unlink()


def _take_that_of_another_version(store: Store) -> None:
    shutil.copy(signature_of(store, 1), signature_of(store, 2))


def _link(store: Store) -> None:
    signature_of(store).rename(Path(store.location) / "kept")
    signature_of(store).symlink_to(Path(store.location) / "kept")


def _make_pipe(store: Store) -> None:
    signature_of(store).unlink()
    os.mkfifo(signature_of(store))


def _make_folder(store: Store) -> None:
    signature_of(store).unlink()
    signature_of(store).mkdir()


def _make_huge(store: Store) -> None:
    os.truncate(signature_of(store), 2**40)


def _pad(store: Store) -> None:
    with signature_of(store).open("ab") as file:
        file.write(b" " * MAX_SIGNATURE_BYTES)


def _truncate(store: Store) -> None:
    content = signature_of(store).read_bytes()
    signature_of(store).write_bytes(content[: len(content) * 2 // 3])


def _write(content: bytes) -> Callable[[Store], object]:
    return lambda store: signature_of(store).write_bytes(content)


def _flip_signature(store: Store) -> None:
    def flip(bundle: dict[str, Any]) -> None:
        made = bytearray(base64.b64decode(bundle["dsseEnvelope"]["signatures"][0]["sig"]))
        made[-1] ^= 1
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = base64.b64encode(made).decode()

    edit_bundle(store, flip)


def _vouch(store: Store) -> None:
    forge(folder_of(store))
    edit_bundle(store, lambda b: b.update(dsseEnvelope=vouch_for_forged(b, store)))


def _vouch_twice(store: Store) -> None:
    forge(folder_of(store))  # each parser of such a bundle might take another of the two
    edit_bundle(store, lambda b: b.update(dsse_envelope=vouch_for_forged(b, store)))


def _vouch_twice_turned(store: Store) -> None:
    forge(folder_of(store))
    edit_bundle(
        store,
        lambda b: b.update(
            dsse_envelope=b["dsseEnvelope"], dsseEnvelope=vouch_for_forged(b, store)
        ),
    )


@pytest.mark.parametrize(
    "damage",
    [
        _remove,
        _take_that_of_another_version,
        _link,
        _make_pipe,
        _make_folder,
        _make_huge,
        _pad,
        _truncate,
        _write(b""),
        _write(b"[]"),
        _write(b"null"),
        _write(b"{}"),
        _write(b"\xff\xfe"),
        _write(b"[" * 200_000),
        _flip_signature,
        lambda store: edit_bundle(store, lambda b: b["dsseEnvelope"].update(signatures=[])),
        lambda store: edit_bundle(store, lambda b: b.update(mediaType="text/plain")),
        lambda store: edit_bundle(store, lambda b: b["verificationMaterial"].clear()),
        _vouch,
        _vouch_twice,
        _vouch_twice_turned,
    ],
    ids=[
        "none", "of another version", "link", "pipe", "folder", "huge",
        "padded", "truncated", "empty", "list", "null", "object", "not UTF-8", "deep", "flipped",
        "no signatures", "media type", "no key", "edited list", "two lists", "two lists turned",
    ],
)  # fmt: skip
def test_bad_signature_is_refused(
    signed: Store, trusted: TrustedKeys, damage: Callable[[Store], object]
) -> None:
    damage(signed)
    with pytest.raises((NotTrusted, CorruptArtifact), match=r"expected .*Received: ") as caught:
        check(signed, trusted)
    assert len(str(caught.value)) < 1000
    assert "\n" not in str(caught.value)
    check(signed, trusted, 1)


def test_link_to_a_folder_of_signatures_is_refused(signed: Store, trusted: TrustedKeys) -> None:
    folder = signature_of(signed).parent
    folder.rename(Path(signed.location) / "kept")
    folder.symlink_to(Path(signed.location) / "kept")
    with pytest.raises(CorruptArtifact, match="symbolic link"):
        check(signed, trusted)


def _add(path: str) -> Callable[[Path], object]:
    def add(folder: Path) -> None:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(EVIL)

    return add


def _add_huge(folder: Path) -> None:
    with (folder / "more.bin").open("wb") as file:
        file.truncate(2**40)  # hashing it would take hours: it must be refused before


def _respace_manifest(folder: Path) -> None:
    facts = json.loads((folder / MANIFEST_NAME).read_bytes())
    (folder / MANIFEST_NAME).write_text(json.dumps(facts))


@pytest.mark.parametrize(
    "change",
    [
        forge,
        _respace_manifest,
        _add("more.so"),
        _add("line\nbreak"),
        _add_huge,
        _add(".gitignore"),
        _add(".git/hook"),
        lambda folder: (folder / "more").symlink_to("model.onnx"),
        lambda folder: (folder / "more").symlink_to("model.savedmodel"),
        lambda folder: os.mkfifo(folder / "pipe"),
    ],
    ids=[
        "file and manifest", "manifest", "extra file", "line break", "huge file",
        "git file", "git folder", "link", "link to a folder", "pipe",
    ],
)  # fmt: skip
def test_change_after_signing_is_refused(
    signed: Store, trusted: TrustedKeys, change: Callable[[Path], object]
) -> None:
    change(folder_of(signed))
    with pytest.raises((NotTrusted, CorruptArtifact)) as caught:
        check(signed, trusted)
    assert "\n" not in str(caught.value)


def test_signed_version_passes_for_no_other(signed: Store, trusted: TrustedKeys) -> None:
    shutil.copytree(folder_of(signed), Path(signed.location) / "mlp/3")
    shutil.copy(signature_of(signed), signature_of(signed, 3))
    with pytest.raises(CorruptArtifact, match="version 3"):
        check(signed, trusted, 3)
    manifest = Path(signed.location) / "mlp/3" / MANIFEST_NAME
    manifest.write_text(manifest.read_text().replace('"version": 2', '"version": 3'))
    with pytest.raises(NotTrusted):
        check(signed, trusted, 3)


def test_version_signed_by_another_key_is_refused_with_the_reason(
    signed: Store, keys: Keys, trusted: TrustedKeys
) -> None:
    sign_version(signed, "mlp", 2, keys[1].private)
    with pytest.raises(NotTrusted, match=r"mlp version 2 .*ours\.pub\.pem: Key mismatch"):
        check(signed, trusted)
    # The hint at the key is not signed: a false one does not help.
    hint = hashlib.sha256(keys[0].public.read_bytes()).hexdigest()
    edit_bundle(signed, lambda b: b["verificationMaterial"]["publicKey"].update(hint=hint))
    with pytest.raises(NotTrusted, match="did not make"):
        check(signed, trusted)


@pytest.mark.parametrize(
    "ways",
    [
        hashing.Config().use_file_serialization(hashing_algorithm="blake2"),  # type: ignore[no-untyped-call]
        hashing.Config().use_shard_serialization(),  # type: ignore[no-untyped-call]
        hashing.Config().set_ignored_paths(paths=[MANIFEST_NAME]),  # type: ignore[no-untyped-call]
        hashing.Config().set_ignored_paths(paths=["scaler.json"]),  # type: ignore[no-untyped-call]
    ],
    ids=["other hash", "shards", "without the manifest", "without a file"],
)
def test_signature_that_leaves_something_out_is_refused(
    published: Store, keys: Keys, trusted: TrustedKeys, ways: hashing.Config
) -> None:
    signature_of(published).parent.mkdir()
    signer = signing.Config().use_elliptic_key_signer(private_key=keys[0].private)  # type: ignore[no-untyped-call]
    signer.set_hashing_config(ways).sign(folder_of(published), signature_of(published))
    with pytest.raises(NotTrusted):
        check(published, trusted)
