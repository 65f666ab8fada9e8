"""The parameters in addresses, as the OpenAPI description tells them."""

from typing import Annotated

from fastapi import Path
from fastapi.openapi.models import Example

ModelPath = Annotated[
    str,
    Path(
        description="Name of a model, as `GET /models` lists it.",
        openapi_examples={"shipped": Example(value="arithmetic")},
    ),
]
VersionPath = Annotated[
    int,
    Path(
        description=(
            "Number of a version, a whole number here as everywhere but below `/v2`, where the "
            "Open Inference Protocol has strings."
        ),
        openapi_examples={"shipped": Example(value=1)},
    ),
]
ProtocolVersionPath = Annotated[
    str,
    Path(
        description=(
            "Number of a version, written as a string: so the Open Inference Protocol has it. "
            "Elsewhere it is a whole number."
        ),
        openapi_examples={"shipped": Example(value="1")},
    ),
]
FilePath = Annotated[
    str,
    Path(
        description=(
            "`MODEL_CARD.md`, or a file below `training/`, such as `training/report.html`; the "
            "version's manifest lists them all under `files`."
        ),
        openapi_examples={"model card": Example(value="MODEL_CARD.md")},
    ),
]
LabelPath = Annotated[
    str,
    Path(
        description=(
            "Name of a label: lower-case letters, digits, `_` and `-`, beginning with a letter."
        ),
        openapi_examples={"new": Example(value="candidate")},
    ),
]
