"""The tasks whose manifests this code reads and writes: one line each."""

from tabuada.manifests import calculation
from tabuada.manifests.manifest import Manifest

MANIFESTS: dict[str, type[Manifest]] = {
    calculation.TASK: calculation.CalculationManifest,
}
"""The class of a task's manifests, by its name."""
