"""What a catalogue holds at one moment, for whoever runs the service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model.

    Attributes:
        model: Its name.
        policy: Which version answers by default: a number, a label or `latest`.
        default_version: The version that the policy means; None where it means none.
        serving_version: The version that answers by default now; None before one is loaded.
        kept_versions: Others in memory, the one used last first: to go back to one is instant.
        loading_versions: Those being loaded.
        refused_versions: Those that cannot be loaded, with the reasons.
        problem: Why the model's versions or labels cannot be read, or its policy means none.
        serving_digest: The digest of the manifest of what answers by default now.
    """

    model: str
    policy: str
    default_version: int | None
    serving_version: int | None
    kept_versions: tuple[int, ...]
    loading_versions: tuple[int, ...]
    refused_versions: dict[int, str]
    problem: str | None
    serving_digest: str | None = None
