"""A version whose pickle and Keras archive are poisoned is served, and the poison never runs."""

import base64
import json
import marshal
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.signatures import sign_version
from tabuada.artifacts.store import Store
from tests.keys import make_key
from tests.service.conftest import StartServer
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny

# What the interpreter itself reports: every unpickling that looks up a class or a function.
_WATCH = """\
import os, sys
def note(event, arguments):
    if event == "pickle.find_class":
        os.write(watched, f"{arguments}\\n".encode())
watched = os.open(os.environ["POISON_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
sys.addaudithook(note)
"""


class Poison:
    """Makes a folder as soon as it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Return what unpickling calls, and with what."""
        return os.mkdir, (str(self.marker),)


def poison_keras(path: Path, marker: Path) -> None:
    """Write a Keras archive with a lambda, as byte code, that makes a folder when it is built."""
    source = f"lambda x: (__import__('os').mkdir({str(marker)!r}), x)[1]"
    code = base64.b64encode(marshal.dumps(compile(source, "poison", "eval").co_consts[0]))
    function = {"code": code.decode(), "defaults": None, "closure": None}
    shape = [None, 1]
    layers = [
        ("InputLayer", {"batch_shape": shape, "dtype": "float32", "sparse": False, "name": "i"}),
        ("Lambda", {"name": "l", "function": {"class_name": "__lambda__", "config": function}}),
    ]
    model = {
        "module": "keras",
        "class_name": "Sequential",
        "registered_name": None,
        "build_config": {"input_shape": shape},
        "config": {
            "name": "s",
            "layers": [
                {
                    "module": "keras.layers",
                    "class_name": name,
                    "registered_name": None,
                    "config": config,
                    "build_config": {"input_shape": shape},
                }
                for name, config in layers
            ],
        },
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("config.json", json.dumps(model))
        archive.writestr("model.weights.h5", b"")


def poison_files(folder: Path, marker: Path) -> None:
    """Put poisoned files where a publisher has its own, and where an attacker would add some."""
    folder.mkdir()
    content = pickle.dumps(Poison(marker))
    for name in ("scaler.joblib", "scaler.pkl", "model.h5", "model.npy"):
        (folder / name).write_bytes(content)
    poison_keras(folder / "model.keras", marker)


def watch_unpickling(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have every Python that is started from here note what it unpickles, and return where."""
    hooks, log = tmp_path / "hooks", tmp_path / "unpickled"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(_WATCH)
    path = [str(hooks), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
    monkeypatch.setenv("POISON_LOG", str(log))
    return log


def test_pickle_is_live_poison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "poisoned"
    poison_files(tmp_path / "work", marker)
    log = watch_unpickling(monkeypatch, tmp_path)
    loading = f"import joblib; joblib.load({str(tmp_path / 'work/scaler.joblib')!r})"
    subprocess.run([sys.executable, "-c", loading], check=True, timeout=60)
    assert marker.is_dir()
    assert "mkdir" in log.read_text()


@pytest.mark.slow
def test_keras_archive_is_live_poison(tmp_path: Path) -> None:
    marker = tmp_path / "poisoned"
    poison_keras(tmp_path / "model.keras", marker)
    loading = f"""
import contextlib, keras
with contextlib.suppress(OSError):  # it has no weights
    keras.saving.load_model({str(tmp_path / "model.keras")!r}, safe_mode=False)
"""
    subprocess.run([sys.executable, "-c", loading], check=True, timeout=120)
    assert marker.is_dir()


@pytest.mark.parametrize("verifying", [False, True], ids=["unsigned", "signed"])
def test_poisoned_files_are_never_run(
    start_server: StartServer,
    tmp_path: Path,
    networks: Networks,
    monkeypatch: pytest.MonkeyPatch,
    verifying: bool,
) -> None:
    marker = tmp_path / "poisoned"
    poison_files(tmp_path / "work", marker)
    store = Store(tmp_path / "artifacts")
    manifest = publish_tiny(store, tmp_path / "work", networks[1])
    assert {"scaler.joblib", "model.keras"} <= set(manifest.files)
    settings = {}
    if verifying:
        pair = make_key(tmp_path, "ours")
        sign_version(store, "mlp", 1, pair.private)
        settings["verify_key"] = str(pair.public)
    log = watch_unpickling(monkeypatch, tmp_path)
    server = start_server(store.location, "-X", "importtime", **settings)
    server.wait_ready()
    with httpx.Client(base_url=server.url) as client:
        assert client.post("/predict", json={"expressions": ["1+1"]}).status_code == 200
        assert client.post("/evaluate", json={"sample": {}}).status_code == 200
        assert client.get("/models/mlp/versions/1").status_code == 200
        assert client.get("/v2/models/mlp").status_code == 200
    server.stop()
    assert not marker.exists()
    assert log.read_text() == ""  # the interpreter itself tells of what it unpickled
    imported = {line.split("|")[-1].strip().split(".")[0] for line in server.log().splitlines()}
    assert "service" in imported
    assert not imported & {"keras", "tensorflow", "joblib", "sklearn", "h5py", "dill"}
