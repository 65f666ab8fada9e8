"""What a report tells of a version: the same facts at publishing time and years later."""

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from tabuada.artifacts.artifact import Artifact
from tabuada.manifests.files import MODEL_KERAS, TRAINING
from tabuada.manifests.manifest import RunRecord
from trainer.results.report.network import read_archive
from trainer.results.tables import Table, parse_table

_FOLDER = f"{TRAINING}/"


@dataclass(frozen=True, slots=True)
class Record:
    """How a version came to be, and how it does.

    Attributes:
        model: Name of the model in the store.
        task: What it does.
        family: Kind of network.
        metrics: How it does on the test part: a class of its task's.
        hyperparameters: Those of the network.
        config: The trainer's whole configuration.
        seed: Seed of the run.
        source_revision: Revision of the source code.
        tables: The tables of its `training/`, by name; those that it was published with.
        test_loss: Loss on the test part, penalties and all; None where it is not recorded.
        version: Its number; None where it is about to be published.
        created_at: When it was published or, before that, evaluated: ISO 8601 in UTC.
        libraries: Versions of the libraries that made it, by name.
        run: How the run went; None where that is not recorded.
        network: The network's configuration, as Keras keeps it; empty where it cannot be read.
    """

    model: str
    task: str
    family: str
    metrics: Any
    hyperparameters: dict[str, str | int | float | bool]
    config: dict[str, Any]
    seed: int
    source_revision: str
    tables: dict[str, Table] = field(default_factory=dict)
    test_loss: float | None = None
    version: int | None = None
    created_at: str = ""
    libraries: dict[str, str] = field(default_factory=dict)
    run: RunRecord | None = None
    network: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called: `mlp/3`."""
        return self.model if self.version is None else f"{self.model}/{self.version}"


def read_record(artifact: Artifact) -> Record:
    """Return the record of a published version, from its manifest and its tables.

    Raises:
        CorruptArtifact: A file is missing or changed.
    """
    manifest = artifact.manifest
    test = f"{_FOLDER}test.json"
    return Record(
        model=manifest.model,
        task=manifest.task,
        family=manifest.family,
        metrics=manifest.metrics,
        hyperparameters=manifest.hyperparameters,
        config=manifest.config,
        seed=manifest.seed,
        source_revision=manifest.source_revision,
        tables={
            PurePosixPath(path).stem: parse_table(artifact.read(path))
            for path in manifest.files
            if PurePosixPath(path).match(f"{_FOLDER}*.csv")
        },
        test_loss=json.loads(artifact.read(test))["test_loss"] if test in manifest.files else None,
        version=manifest.version,
        created_at=manifest.created_at,
        libraries=manifest.libraries,
        run=manifest.run,
        network=read_archive(artifact.read(MODEL_KERAS)) if MODEL_KERAS in manifest.files else {},
    )
