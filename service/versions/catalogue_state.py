"""What a catalogue holds at one moment, for whoever runs the service."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True, slots=True)
class ModelState:
    """What the service holds of one model."""

    model: Annotated[str, Field(description="The model's name.")]
    policy: Annotated[
        str,
        Field(description="Which version answers by default: a number, a label or `latest`."),
    ]
    default_version: Annotated[
        int | None,
        Field(description="The version that the policy means; null where it means none."),
    ]
    serving_version: Annotated[
        int | None,
        Field(description="The version that answers by default now; null before one is loaded."),
    ]
    kept_versions: Annotated[
        tuple[int, ...],
        Field(
            description="Others in memory, the one used last first: to go back to one is instant."
        ),
    ]
    loading_versions: Annotated[tuple[int, ...], Field(description="Those being loaded.")]
    refused_versions: Annotated[
        dict[int, str], Field(description="Those that cannot be loaded, with the reasons.")
    ]
    problem: Annotated[
        str | None,
        Field(
            description=(
                "Why the versions or labels cannot be read, or the policy means none; else null."
            )
        ),
    ]
    serving_digest: Annotated[
        str | None,
        Field(description="SHA-256 of the manifest of what answers by default now."),
    ] = None
