"""What an artifact says about itself. `artifacts/README.md` specifies the format."""

import json
import re
import reprlib
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    model_validator,
)

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.error_statistics import ErrorReport
from tabuada.arithmetic.operations import OperationSet
from tabuada.errors import CorruptArtifact, UnknownOperation, UnsupportedFormat

FORMAT_VERSION = 1
"""The artifact format that this code writes and reads.

To bump it: describe the change in `artifacts/README.md`, keep a golden artifact of the old
format under `tests/golden/`, either teach `parse_manifest` to read the old one or say in
`CHANGELOG.md` that it is refused, then raise this constant. A reader refuses every version
it does not know, before it looks at anything else in the manifest.
"""

MANIFEST_NAME = "manifest.json"
MAX_MANIFEST_BYTES = 4 * 2**20


def check_path(path: str) -> str:
    """Return the path of a file of a version if it is well formed.

    Raises:
        ValueError: It is not.
    """
    parts = PurePosixPath(path).parts
    plain = bool(parts) and "/".join(parts) == path and not path.startswith("/")
    if not plain or ".." in parts or re.search(r"[\\\x00-\x1f:]", path) or path == MANIFEST_NAME:
        raise ValueError(f"expected a path inside the version's folder. Received: {path!r}")
    return path


RelativePath = Annotated[str, AfterValidator(check_path)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    # Readers ignore members they do not know: a writer MAY add some within a format version.
    model_config = ConfigDict(frozen=True, extra="ignore")


class FileRecord(_Part):
    """Size and digest of one file."""

    size_bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


class Signature(_Part):
    """What goes into the network and what comes out.

    Attributes:
        operations: Symbols, in the order of the one-hot columns.
        dtype: Of the network's input and output.
        domains: Where each operation was trained, in the same order.
    """

    operations: tuple[str, ...]
    dtype: Literal["float32", "float64"]
    domains: tuple[OperandDomain, ...]

    @model_validator(mode="after")
    def _matching(self) -> Self:
        try:
            symbols = OperationSet(self.operations).symbols
        except UnknownOperation as error:
            raise ValueError(str(error)) from error  # what pydantic reports as a bad member
        if tuple(domain.symbol for domain in self.domains) != symbols:
            raise ValueError("expected one domain an operation, in the order of the operations")
        return self

    @property
    def operation_set(self) -> OperationSet:
        """The operations, in one-hot order."""
        return OperationSet(self.operations)


class Probe(_Part):
    """A fixed set of problems with the Keras model's answers: a reader's self-test.

    Attributes:
        a: First operands.
        op: Symbols.
        b: Second operands.
        predictions: What the Keras model answered.
        tolerance: Greatest |difference| of any runtime, times max(1, |prediction|).
    """

    a: tuple[FiniteFloat, ...]
    op: tuple[str, ...]
    b: tuple[FiniteFloat, ...]
    predictions: tuple[FiniteFloat, ...]
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if not len(self.a) == len(self.op) == len(self.b) == len(self.predictions) > 0:
            raise ValueError("expected four columns of one length, at least one row")
        return self


class Description(_Part):
    """What a publisher says about a model; the store adds the rest.

    Attributes:
        model: Name of the model in the store.
        family: Kind of network, such as `mlp`.
        signature: Inputs and outputs.
        metrics: Errors on the test part of the data set.
        hyperparameters: Those of the trained network.
        config: The trainer's whole configuration.
        seed: Seed of the run.
        libraries: Versions of the libraries that made it.
        source_revision: Revision of the source code, `unknown` where it cannot be told.
        probe: Problems with the Keras model's answers.
    """

    model: str
    family: str
    signature: Signature
    metrics: ErrorReport
    hyperparameters: dict[str, str | int | float | bool]
    config: dict[str, Any]
    seed: int
    libraries: dict[str, str]
    source_revision: str
    probe: Probe


class Manifest(Description):
    """The whole of `manifest.json`.

    Attributes:
        format_version: Version of the artifact format.
        version: Number of this version of the model.
        created_at: When it was published, ISO 8601 in UTC.
        files: Every other file by its relative POSIX path.
    """

    format_version: Literal[1]
    version: Annotated[int, Field(gt=0)]
    created_at: str
    files: dict[RelativePath, FileRecord]


def parse_manifest(content: bytes) -> Manifest:
    """Read a manifest, trusting nothing in it.

    Raises:
        UnsupportedFormat: Its format version is not the one this code reads.
        CorruptArtifact: It is not a manifest.
    """
    try:
        facts = json.loads(content)
        found = facts["format_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptArtifact(
            f"expected {MANIFEST_NAME} to be a JSON object with a format_version. "
            f"Received: {content[:60]!r}"
        ) from error
    if found != FORMAT_VERSION or isinstance(found, bool):
        raise UnsupportedFormat(
            f"expected format version {FORMAT_VERSION}. Received: {reprlib.repr(found)}. "
            "Read it with the release of Tabuada that wrote it, or publish the model again"
        )
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise CorruptArtifact(
            f"expected a {MANIFEST_NAME} as artifacts/README.md specifies it. "
            f"Received: one that fails at {where}: {first['msg']}"
        ) from error
