"""What an artifact says about itself, whatever its task; `artifacts/README.md` specifies it."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SerializeAsAny

from tabuada.manifests.files import MANIFEST_NAME
from tabuada.showing import show

FORMAT_VERSION = 2
"""The artifact format that this code writes.

To bump it: describe the change in `artifacts/README.md`, keep a golden artifact of the old
format under `tests/golden/`, either teach `parse_manifest` to read the old one or say in
`CHANGELOG.md` that it is refused, then raise this constant. A reader refuses every version
it does not know, before it looks at anything else in the manifest.
"""

MAX_MANIFEST_BYTES = 4 * 2**20


def check_path(path: str) -> str:
    """Return the path of a file of a version if it is well formed.

    Raises:
        ValueError: It is not.
    """
    parts = PurePosixPath(path).parts
    plain = bool(parts) and "/".join(parts) == path and not path.startswith("/")
    if not plain or ".." in parts or re.search(r"[\\\x00-\x1f:]", path) or path == MANIFEST_NAME:
        raise ValueError(
            f"expected a path inside the version's folder. Received: {show(path)}. "
            "Name it relative to that folder"
        )
    return path


RelativePath = Annotated[str, AfterValidator(check_path)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Dtype = Literal["float32", "float64"]
Size = Annotated[int, Field(gt=0)]


class ManifestPart(BaseModel):
    """An object of a manifest.

    Readers ignore members they do not know: a writer MAY add some within a format version.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


class FileRecord(ManifestPart):
    """Size and digest of one file."""

    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


class TensorSpec(ManifestPart):
    """One input or output of the network.

    Attributes:
        name: What it holds, for people; a reader goes by the order.
        dtype: Of its elements.
        shape: Sizes by axis; None is any number, as of the batch.
    """

    name: str
    dtype: Dtype
    shape: tuple[Size | None, ...]


class Signature(ManifestPart):
    """What goes into the network and what comes out, in the network's own order.

    Attributes:
        inputs: Of the network, at least one.
        outputs: Of the network, at least one.
    """

    inputs: Annotated[tuple[TensorSpec, ...], Field(min_length=1)]
    outputs: Annotated[tuple[TensorSpec, ...], Field(min_length=1)]


class Description(ManifestPart):
    """What a publisher says about a model; the store adds the rest.

    A task has a class of its own below this one, with the types of what it adds.

    Attributes:
        model: Name of the model in the store.
        task: What it does, such as `calculation`: decides what the three members below hold.
        family: Kind of network, such as `mlp`.
        answers_by: Whether its answers are near the right ones, or computed as those are.
        signature: Inputs and outputs, and what the task adds.
        metrics: How it does on the test part of the data set.
        hyperparameters: Those of the trained network.
        config: The trainer's whole configuration.
        seed: Seed of the run.
        libraries: Versions of the libraries that made it.
        source_revision: Revision of the source code, `unknown` where it cannot be told.
        probe: Questions with the Keras model's answers: a reader's self-test.
    """

    model: str
    task: str
    family: str
    answers_by: Literal["approximation", "computation"]
    signature: SerializeAsAny[Signature]
    metrics: SerializeAsAny[BaseModel]
    hyperparameters: dict[str, str | int | float | bool]
    config: dict[str, Any]
    seed: int
    libraries: dict[str, str]
    source_revision: str
    probe: SerializeAsAny[BaseModel]


class Manifest(Description):
    """The whole of `manifest.json`, in the terms of the newest format whatever it was written in.

    Attributes:
        format_version: Version of the artifact format that it was published in.
        version: Number of this version of the model.
        created_at: When it was published, ISO 8601 in UTC.
        files: Every other file by its relative POSIX path.
    """

    format_version: Literal[1, 2]
    version: Annotated[int, Field(gt=0)]
    created_at: str
    files: dict[RelativePath, FileRecord]
