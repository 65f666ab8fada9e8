"""A version that is too large is refused before its files are read."""

import shutil
from pathlib import Path

import httpx

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer


def test_version_that_is_too_large_is_refused_before_its_files_are_read(
    start_server: StartServer, store: Store, tmp_path: Path
) -> None:
    manifest = store.manifest("mlp", 1)
    total = sum(record.size_bytes for record in manifest.files.values())
    copied = tmp_path / "store"
    shutil.copytree(store.location, copied)
    large = copied / "mlp" / "3"  # which says that it is larger than the others
    listed = next(iter(manifest.files))
    text = (large / "manifest.json").read_text("utf-8")
    size = store.manifest("mlp", 3).files[listed].size_bytes
    assert f'"size_bytes": {size}' in text
    spoiled = text.replace(f'"size_bytes": {size}', f'"size_bytes": {size + 10 * total}', 1)
    (large / "manifest.json").write_text(spoiled, "utf-8")

    server = start_server(copied, max_version_bytes=5 * total)
    server.wait_for_version(2)
    answer = httpx.post(
        f"{server.url}/predict", json={"expressions": ["1 + 1"], "version": 3}, timeout=60
    )
    assert answer.status_code == 503
    assert f"expected files of at most {5 * total} bytes together" in server.log()
    assert "TABUADA_MAX_VERSION_BYTES" in server.log()
    good = httpx.post(f"{server.url}/predict", json={"expressions": ["1 + 1"], "version": 1})
    assert good.status_code == 200
