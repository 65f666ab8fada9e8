"""What an artifact says about itself, whatever its task; `artifacts/README.md` specifies it."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    SerializeAsAny,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)

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

    size_bytes: Annotated[int, Field(ge=0)] = Field(description="How many bytes it has.")
    sha256: Sha256 = Field(description="Its SHA-256, in hexadecimal.")


class TensorSpec(ManifestPart):
    """One input or output of the network."""

    name: str = Field(description="What it holds, for people: a reader goes by the order.")
    dtype: Dtype = Field(description="The type of its elements.")
    shape: tuple[Size | None, ...] = Field(
        description="Its sizes by axis; null is any number, as of the batch."
    )


class Signature(ManifestPart):
    """What goes into the network and what comes out."""

    inputs: Annotated[tuple[TensorSpec, ...], Field(min_length=1)] = Field(
        description="What goes in, in the network's own order."
    )
    outputs: Annotated[tuple[TensorSpec, ...], Field(min_length=1)] = Field(
        description="What comes out, in the network's own order."
    )


Seconds = Annotated[FiniteFloat, Field(ge=0)]


class RunRecord(ManifestPart):
    """How the run went that made a version: on what, for how long, from how much data."""

    started_at: str = Field(description="When its first stage began, ISO 8601 in UTC.")
    processors: tuple[str, ...] = Field(
        description="What it ran on, each once. Another kind rounds otherwise: the same seed can "
        "then give another network."
    )
    cores: Annotated[int, Field(gt=0)] | None = Field(
        None, description="How many cores it could use."
    )
    stages_s: dict[str, Seconds] = Field(
        description="Seconds of each stage, over all attempts where some were interrupted."
    )
    whole_s: Seconds = Field(description="Seconds of all stages together.")
    interruptions: Annotated[int, Field(ge=0)] = Field(
        0, description="How often it was interrupted and went on."
    )
    examples: dict[str, Annotated[int, Field(ge=0)]] = Field(
        description="How many examples each part of the data set holds."
    )


class Description(ManifestPart):
    """What a publisher says about a model; the store adds the rest.

    A task has a class of its own below this one, with the types of what it adds.
    """

    model: str = Field(description="Name of the model.")
    task: str = Field(
        description="What it does, such as `calculation`: decides what the parts hold."
    )
    family: str = Field(description="Kind of network, such as `mlp`.")
    answers_by: Literal["approximation", "computation"] = Field(
        description="Whether its answers are near the right ones, or computed as those are."
    )
    signature: SerializeAsAny[Signature] = Field(
        description="What goes in, what comes out, and what the task adds."
    )
    metrics: SerializeAsAny[BaseModel] = Field(
        description="How it does on the test part of the data set."
    )
    hyperparameters: dict[str, str | int | float | bool] = Field(
        description="Those of the trained network, by name."
    )
    config: dict[str, Any] = Field(description="All that the training was configured with.")
    seed: int = Field(description="Seed of the training: decides every random choice.")
    libraries: dict[str, str] = Field(
        description="Versions of the libraries that made it, by name."
    )
    source_revision: str = Field(
        description="Revision of the source code; `unknown` where it cannot be told."
    )
    probe: SerializeAsAny[BaseModel] = Field(
        description="Questions with the answers that it gave when it was published."
    )
    run: RunRecord | None = Field(
        None,
        exclude_if=lambda run: run is None,
        description="How the run went that made it; absent where that was not recorded.",
    )

    @field_validator("run", mode="wrap")
    @classmethod
    def _ignore_what_is_no_record(
        cls, run: Any, read: ValidatorFunctionWrapHandler
    ) -> RunRecord | None:
        # The format came to have it late: under this name any writer may have put what it liked.
        try:
            record: RunRecord | None = read(run)
        except ValidationError:
            return None
        return record


class Manifest(Description):
    """The whole of `manifest.json`, in the newest format whatever it was written in."""

    format_version: Literal[1, 2] = Field(
        description="Version of the format that it was published in."
    )
    version: Annotated[int, Field(gt=0)] = Field(description="Number of this version of the model.")
    created_at: str = Field(description="When it was published, ISO 8601 in UTC.")
    files: dict[RelativePath, FileRecord] = Field(
        description="Every other file of the version, by its path."
    )
