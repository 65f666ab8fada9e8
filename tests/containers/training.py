"""A real training run that takes seconds, and the versions that ship, for stores of tests."""

import io
import tarfile
from typing import Any

from tests.readme import ROOT

CONFIG = ROOT / "tests" / "trainer" / "tiny.toml"
_INSIDE = "/config/tiny.toml"


def train_in_seconds(*options: str) -> dict[str, Any]:
    """Return an override of the compose file that trains a small `mlp`.

    Args:
        options: Further options of the trainer.
    """
    command = ["run", "--preset=quick", f"--config={_INSIDE}", "--runs=/data/runs", *options]
    mount = f"{CONFIG}:{_INSIDE}:ro"
    return {"services": {"trainer": {"command": command, "volumes": [mount]}}}


def pack_shipped(model: str = "arithmetic") -> bytes:
    """Return the first version of a model that ships as a tar file, as a backup would hold it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(ROOT / "artifacts" / model / "1", f"{model}/1", filter=_belong_to_nobody)
    return packed.getvalue()


def _belong_to_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 10001
    member.mode |= 0o444 if member.isfile() else 0o555
    return member
