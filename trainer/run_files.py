"""Reads what the stages of a run have left, and sees that it is that. Imports no Keras."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, FiniteFloat, TypeAdapter, ValidationError

from tabuada.artifacts.storage.files import describe_content, name_files
from tabuada.errors import CorruptArtifact
from tabuada.manifests.files import TRAINING
from tabuada.manifests.manifest import FileRecord
from tabuada.showing import show
from trainer.config import Objective, TrainerConfig
from trainer.durable_files import sync_tree, write_json
from trainer.errors import RunDamaged
from trainer.run import Run, require
from trainer.spaces import Section, Values
from trainer.tasks import find_task
from trainer.trial import History, TrialResult

T = TypeVar("T")

_RANKING: TypeAdapter[list[TrialResult]] = TypeAdapter(list[TrialResult])


class Fitted(Section):
    """What a complete fit leaves in `history.json`.

    Attributes:
        values: The hyperparameters.
        history: Each metric of each epoch; None where it was no finite number.
        network: Size and digest of the network at the epoch that is kept.
    """

    values: Values
    history: dict[str, list[FiniteFloat | None]]
    network: FileRecord


class Evaluated(Section):
    """What a complete evaluation leaves in `evaluation.json`.

    Attributes:
        metrics: On the test part, a table of the task's.
        files: Size and digest of each file that it wrote, by its path below the version's folder.
    """

    metrics: dict[str, Any]
    files: dict[str, FileRecord]


def read_ranking(run: Run) -> list[TrialResult]:
    """Return the results of a run's search, best first.

    Raises:
        StageMissing: The search is not complete.
        RunDamaged: The file is not what a search writes.
    """
    require(run.results, "search")
    try:
        results = _RANKING.validate_json(_read(run.results))
        if not results or results[0].failed:
            raise ValueError("no trial with a score in the first place")
        for result in results:
            check_result(result, run.config)
    except (OSError, ValueError) as error:
        raise _damaged(run.results, "the results of a search", error, "search") from error
    return results


def check_result(result: TrialResult, config: TrainerConfig) -> None:
    """See that what came of a trial may have come of one of a configuration's.

    Raises:
        ValueError: It may not.
    """
    if wrong := config.space.find_foreign(result.values):
        raise ValueError(f"trial {result.trial} with {wrong}")
    expected = () if result.failed else config.objective.metrics
    if set(result.metrics) != set(expected):
        raise ValueError(f"trial {result.trial} without {' or '.join(expected) or 'a score'}")


def is_fitted(run: Run, values: Values) -> bool:
    """Return whether a fit of these hyperparameters is complete.

    Raises:
        RunDamaged: A file is not what a fit writes.
    """
    if not (run.history.exists() and run.network.exists()):
        return False
    return _read_fit(run).values == values


def read_history(run: Run) -> History:
    """Return the history of a complete fit, once it is certain that its network is there as well.

    Raises:
        StageMissing: The fit of what the search found best is not complete.
        RunDamaged: A file is not what a fit writes.
    """
    for path in (run.history, run.network):
        require(path, "fit")
    best = read_ranking(run)[0]
    fitted = _read_fit(run)
    if fitted.values != best.values:
        require(run.folder / "fit of what the search found best", "fit")
    return {
        name: [math.nan if value is None else value for value in series]
        for name, series in fitted.history.items()
    }


def write_history(run: Run, values: Values, history: History) -> None:
    """Write what says that a fit is complete; its network is there already."""
    fitted = Fitted(
        values=values,
        history={
            name: [value if math.isfinite(value) else None for value in series]
            for name, series in history.items()
        },
        network=describe_content(run.network.read_bytes()),
    )
    write_json(run.history, fitted.model_dump(mode="json"))


def read_metrics(run: Run) -> BaseModel:
    """Return the metrics of a complete evaluation, once all that it wrote is there.

    Raises:
        StageMissing: The evaluation is not complete.
        RunDamaged: A file is not what an evaluation writes.
    """
    require(run.evaluation, "evaluate")
    try:
        evaluated = Evaluated.model_validate_json(_read(run.evaluation))
        content = json.dumps(evaluated.metrics, allow_nan=False).encode()
        metrics: BaseModel = find_task(run.config.task).read_metrics(content)
        if metrics.model_dump(mode="json") != evaluated.metrics:
            raise ValueError("metrics that it would write otherwise")
    except (OSError, ValueError) as error:
        raise _unevaluated(run.evaluation, error) from error
    found = _describe_files(run)
    for path in sorted(found.keys() | evaluated.files.keys()):
        if found.get(path) != evaluated.files.get(path):
            reason = "another one than it wrote" if path in found else "none"
            raise _unevaluated(run.version / path, ValueError(reason))
    return metrics


def write_metrics(run: Run, metrics: BaseModel) -> None:
    """Write what says that an evaluation is complete; its files are there already."""
    sync_tree(run.version)
    evaluated = Evaluated(metrics=metrics.model_dump(mode="json"), files=_describe_files(run))
    write_json(run.evaluation, evaluated.model_dump(mode="json"))


def check_before(run: Run, stage: str) -> None:
    """See that a stage finds what it reads, before TensorFlow is imported, which takes seconds.

    Raises:
        StageMissing: A stage before it is not complete.
        RunDamaged: A file is not what a stage has left.
    """
    if stage == "fit":
        is_fitted(run, read_ranking(run)[0].values)
        return
    if stage == "publish":
        read_metrics(run)
    read_history(run)


def _read_fit(run: Run) -> Fitted:
    try:
        fitted = Fitted.model_validate_json(_read(run.history))
        if wrong := run.config.space.find_foreign(fitted.values):
            raise ValueError(wrong)
        _check_history(fitted.history, run.config.objective, run.config.fit.epochs)
    except (OSError, ValueError) as error:
        raise _damaged(run.history, "the history of a fit", error, "fit") from error
    try:
        if describe_content(_read(run.network)) != fitted.network:
            raise ValueError("another one than the fit wrote")
    except (OSError, ValueError) as error:
        raise _damaged(run.network, "a fitted network", error, "fit") from error
    return fitted


def _check_history(
    history: Mapping[str, Sequence[float | None]], objective: Objective, epochs: int
) -> None:
    if set(history) != set(objective.metrics):
        raise ValueError(f"other metrics than {', '.join(objective.metrics)}")
    lengths = {len(series) for series in history.values()}
    if len(lengths) != 1 or not 0 < lengths.pop() <= epochs:
        raise ValueError("another number of epochs than a fit has")


def _describe_files(run: Run) -> dict[str, FileRecord]:
    """Return what lies in the folder of tables, plots and report."""
    training = run.version / TRAINING
    if not training.is_dir():
        return {}
    try:
        paths = name_files(training)
        return {
            f"{TRAINING}/{path}": describe_content(file.read_bytes())
            for path, file in paths.items()
        }
    except (CorruptArtifact, OSError) as error:
        raise _unevaluated(training, error) from error


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    if not content:
        raise ValueError("an empty file")
    return content


def _damaged(path: Path, what: str, error: Exception, stage: str) -> RunDamaged:
    return RunDamaged(
        f"expected {what} in {path}, as this revision of the trainer writes it. Received: "
        f"{summarize(error)}. Remove it to do the {stage} again"
    )


def _unevaluated(path: Path, error: Exception) -> RunDamaged:
    return RunDamaged(
        f"expected {path} as the evaluation of this revision of the trainer wrote it. Received: "
        f"{summarize(error)}. Run `python -m trainer evaluate` with the same options to do that "
        "again"
    )


def summarize(error: Exception) -> str:
    """Return what was found in a file, in a few words."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the top"
        kind = first["type"]
        if kind == "json_invalid":
            return "no whole JSON"
        if kind == "missing":
            return f"none at {place}"
        if kind == "extra_forbidden":
            return f"an unknown key, {place}"
        return f"{show(first['input'])} at {place}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)
