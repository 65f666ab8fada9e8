"""Where signatures lie, and what an attacker who can write to the store would do to them."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tabuada.artifacts.signatures import TrustedKeys
from tabuada.artifacts.store import Store
from tabuada.manifests.files import MANIFEST_NAME

EVIL = b"a network that lies"


def folder_of(store: Store) -> Path:
    return Path(store.location) / "mlp/2"


def signature_of(store: Store, version: int = 2) -> Path:
    return Path(store.location) / f"mlp/signatures/{version}.sig"


def check(store: Store, trusted: TrustedKeys, version: int = 2) -> None:
    trusted.check(store, store.open("mlp", version))


def forge(folder: Path, path: str = "model.onnx", content: bytes = EVIL) -> None:
    """Replace a file and make the manifest agree, as whoever can write to the store could."""
    (folder / path).write_bytes(content)
    facts = json.loads((folder / MANIFEST_NAME).read_bytes())
    record = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    facts["files"][path] = record
    (folder / MANIFEST_NAME).write_text(json.dumps(facts))


def edit_bundle(store: Store, edit: Callable[[dict[str, Any]], object]) -> None:
    bundle = json.loads(signature_of(store).read_bytes())
    edit(bundle)
    signature_of(store).write_text(json.dumps(bundle))


def vouch_for_forged(bundle: dict[str, Any], store: Store) -> dict[str, Any]:
    """Return an envelope whose list is that of the folder as it is, under the old signature."""
    envelope = dict(bundle["dsseEnvelope"])
    statement = json.loads(base64.b64decode(envelope["payload"]))
    root = hashlib.sha256()
    for item in statement["predicate"]["resources"]:
        digest = hashlib.sha256((folder_of(store) / item["name"]).read_bytes())
        item["digest"] = digest.hexdigest()
        root.update(digest.digest())
    statement["subject"][0]["digest"]["sha256"] = root.hexdigest()
    envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    return envelope
