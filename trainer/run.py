"""The folder of a run: where its stages leave what the next ones read."""

import contextlib
import fcntl
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.config import TrainerConfig
from trainer.disk_errors import explaining_refusals
from trainer.durable_files import write_json
from trainer.errors import RunBusy, StageMissing
from trainer.spaces import Section


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the trainer.

    Attributes:
        folder: `<runs>/<preset>-<digest of the configuration>`, so that the same
            configuration finds what an interrupted run has done.
        config: Its configuration.
    """

    folder: Path
    config: TrainerConfig

    @property
    def search(self) -> Path:
        """Folder of the search."""
        return self.folder / "search"

    @property
    def results(self) -> Path:
        """Ranked results; there once the search is complete."""
        return self.folder / "results.json"

    @property
    def checkpoints(self) -> Path:
        """Where a fit that was interrupted goes on."""
        return self.folder / "checkpoints"

    @property
    def network(self) -> Path:
        """The network at the epoch that is kept."""
        return self.folder / "model.keras"

    @property
    def history(self) -> Path:
        """History of the fit; there once it is complete."""
        return self.folder / "history.json"

    @property
    def version(self) -> Path:
        """The files to publish."""
        return self.folder / "version"

    @property
    def evaluation(self) -> Path:
        """Error report on the test part; there once the evaluation is complete."""
        return self.folder / "evaluation.json"


@contextlib.contextmanager
def open_run(config: TrainerConfig, runs: Path) -> Iterator[Run]:
    """Hold a run's folder, alone.

    Args:
        config: Its configuration.
        runs: Folder of all runs.

    Raises:
        RunBusy: Another process holds it.
        RunNotWritable: It, or another place that the block needs, cannot be read or written.
    """
    run = Run(runs / name_folder(config), config)
    with explaining_refusals(runs):
        run.folder.mkdir(parents=True, exist_ok=True)
        with (run.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunBusy(
                    f"expected no other trainer at work in {run.folder}. Received: one with the "
                    "same configuration. Wait for it, or name another folder with --runs"
                ) from error
            write_json(run.folder / "config.json", config.model_dump(mode="json"))
            yield run


def name_folder(config: TrainerConfig) -> str:
    """Return the name of the folder of a configuration's run."""
    decisive = config.model_dump_json(exclude=_list_indecisive(config))
    return f"{config.preset}-{hashlib.sha256(decisive.encode()).hexdigest()[:8]}"


def _list_indecisive(config: TrainerConfig) -> dict[str, Any]:
    """Return the keys that say nothing of what a run does, by section."""
    sections = {name: value.as_before for name, value in config if isinstance(value, Section)}
    # How many trials run at a time decides how soon, not what: another machine may go on.
    sections["search"].add("parallel")
    # What its task is, its family says already, and runs from before there were tasks go on.
    return {"task": True} | {name: keys for name, keys in sections.items() if keys}


def require(path: Path, stage: str) -> None:
    """Make sure that a stage has left what the next one reads.

    Raises:
        StageMissing: It has not.
    """
    if not path.exists():
        raise StageMissing(
            f"expected a complete {stage} in {path.parent}. Received: none. Run "
            f"`python -m trainer {stage}` with the same options first"
        )
