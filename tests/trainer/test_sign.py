"""`python -m trainer sign`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tabuada.artifacts.publishing import publish
from tabuada.artifacts.signatures import TrustedKeys
from tabuada.artifacts.store import Store
from tests.keys import make_key
from tests.tabuada.samples import describe, write_files


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "artifacts")
    publish(store, write_files(tmp_path / "source"), describe())
    return store


def run_sign(store: Store, version: str, key: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trainer", "sign", "mlp", version]
    return subprocess.run(
        [*command, "--key", str(key), "--artifacts", str(store.location)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_keys_of_the_documented_commands_sign_and_verify(store: Store, tmp_path: Path) -> None:
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    subprocess.run(
        f"openssl ecparam -name prime256v1 -genkey -noout -out {private} && "
        f"openssl ec -in {private} -pubout -out {public}",
        shell=True,
        check=True,
        capture_output=True,
        timeout=120,
    )
    result = run_sign(store, "1", private)
    signature = Path(store.location) / "mlp/signatures/1.sig"
    assert (result.returncode, result.stdout, result.stderr) == (0, f"Signed: {signature}\n", "")
    TrustedKeys([public]).check(store, store.open("mlp", 1))


def test_refusal_is_one_line_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    pair = make_key(tmp_path, "ours")
    for version, key, code in (("1", pair.public, 2), ("7", pair.private, 1)):
        result = run_sign(store, version, key)
        assert result.returncode == code
        (line,) = result.stderr.splitlines()
        assert line.startswith("error: expected ")
    assert not (Path(store.location) / "mlp/signatures").exists()
