"""What manifests hold of the task `signs`."""

from typing import Literal

from pydantic import FiniteFloat

from tabuada.manifests.manifest import Description, Manifest, ManifestPart


class SignsMetrics(ManifestPart):
    """How many signs of the test part are right, in all and by class."""

    accuracy: FiniteFloat
    by_class: dict[str, FiniteFloat]


class SignsProbe(ManifestPart):
    """Sums with the probability that each is not negative."""

    summands: tuple[tuple[FiniteFloat, FiniteFloat], ...]
    probabilities: tuple[FiniteFloat, ...]


class SignsDescription(Description):
    """What a publisher says about a network that tells signs."""

    task: Literal["signs"] = "signs"
    metrics: SignsMetrics
    probe: SignsProbe


class SignsManifest(SignsDescription, Manifest):
    """The manifest of a network that tells signs."""
