"""The stages of a run after its search. Each reads what the one before left."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
from pydantic import BaseModel

from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tabuada.errors import StoreError
from tabuada.manifests.files import TRAINING
from tabuada.manifests.manifest import Manifest, RunRecord
from trainer.attempts import record_run, timing
from trainer.checkpoint import Checkpoints
from trainer.durable_files import remove, save_file
from trainer.examples import Dataset, count_examples
from trainer.export import export_network, prove_agreement
from trainer.fit_keeper import INTERVAL_S, FitKeeper
from trainer.fitting import find_accelerators, fit_network
from trainer.progress import Progress
from trainer.results.provenance import find_libraries, find_revision
from trainer.results.report.record import Record, read_record
from trainer.results.write_training import tabulate_search, write_training
from trainer.run import Run
from trainer.run_files import (
    is_fitted,
    read_history,
    read_metrics,
    read_ranking,
    write_history,
    write_metrics,
)
from trainer.tasks import find_task
from trainer.trial import TrialResult


def run_fit(run: Run, progress: Progress, interval_s: float = INTERVAL_S) -> None:
    """Fit the best hyperparameters anew and keep the epoch that their family keeps.

    Args:
        run: Its folder has the search's results.
        progress: Told of epochs.
        interval_s: Seconds between two checkpoints, from which an interrupted fit goes on.

    Raises:
        StageMissing: The search is not complete.
        RunDamaged: A file of the run is not what a stage has left.
        TrainerError: The fitted network is not what its family publishes.
    """
    best = read_ranking(run)[0]
    if is_fitted(run, best.values):
        progress.say(f"Fit: complete already, in {run.network}")
        return
    for path in (run.evaluation, run.history, run.network):  # of an earlier network, if any
        remove(path)
    config = run.config
    mode = config.objective.find_mode(config.fit.monitor)
    checkpoints = Checkpoints(run.checkpoints, progress.say)
    keeper = FitKeeper(
        checkpoints,
        best.values,
        metrics=config.objective.metrics,
        monitor=config.fit.monitor,
        mode=mode,
        keeps=config.family.keeps,
        interval_s=interval_s,
        say=progress.say,
    )
    with (
        timing(run, "fit", find_accelerators()),
        progress.fitting(config.fit.epochs, config.objective) as watch,
    ):
        network, history = fit_network(
            best.values,
            find_task(config.task).build_dataset(config),
            config,
            epochs=config.fit.epochs,
            logs=run.folder / "tensorboard" / "fit",
            on_epoch=watch.on_epoch,
            keeper=keeper,
        )
    keeper.put_back()
    save_file(run.network, network.save)
    write_history(run, best.values, history)
    checkpoints.clear()
    watched = history[config.fit.monitor]
    extreme, choose = ("least", min) if mode == "min" else ("greatest", max)
    best_value = choose(watched)
    progress.say(
        f"  {len(watched)} epochs, {extreme} {config.fit.monitor} {best_value:.4g} in epoch "
        f"{watched.index(best_value) + 1}"
    )
    _load_network(run)  # what cannot be published is told before it is evaluated


def run_evaluate(run: Run, store: Store, progress: Progress) -> BaseModel:
    """Evaluate the fitted network and write tables, plots and report.

    It is compared with its own form before it was finished, where that is another, and with
    whatever else its task names.

    Returns:
        The metrics on the test part.

    Raises:
        StageMissing: The fit is not complete.
        RunDamaged: A file of the run is not what a stage has left.
        TrainerError: The fitted network is not what its family publishes.
    """
    config, task = run.config, find_task(run.config.task)
    fitted, network, dataset = _load_network(run)
    rivals = task.find_rivals(config, dataset, fitted if network is not fitted else None, store)
    before = _read_before(config.model, store, progress)
    answers = task.count_answers(config, dataset, len(rivals))
    with timing(run, "evaluate"), progress.evaluating(answers, task.evaluated) as watch:
        evaluation = task.evaluate(network, dataset, config, rivals, watch.on_answers)
        watch.on_step("writing tables, plots and report")
        for path in (run.evaluation, run.version):
            remove(path)
        results, history = read_ranking(run), read_history(run)
        tables = tabulate_search(config, results, history)
        tables |= task.tabulate(config, dataset, evaluation)
        training = run.version / TRAINING
        write_training(
            training,
            config=config,
            results=results,
            history=history,
            tables=tables,
            scores=evaluation.scores,
        )
        task.draw_plots(training / "plots", dataset, evaluation)
        record = Record(
            model=config.model,
            task=config.task,
            family=config.family.name,
            metrics=evaluation.metrics,
            hyperparameters=results[0].values,
            config=config.model_dump(mode="json"),
            seed=config.seed,
            source_revision=find_revision(),
            tables=tables,
            test_loss=evaluation.scores["test_loss"],
            libraries=find_libraries(),
            run=_record(run, dataset, results),
            network=json.loads(network.to_json()),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        task.write_report(training / "report.html", record, before)
    progress.say(f"  test loss {evaluation.scores['test_loss']:.4g}")
    metrics: BaseModel = evaluation.metrics
    write_metrics(run, metrics)
    return metrics


def run_publish(run: Run, store: Store, progress: Progress) -> tuple[Manifest, Path]:
    """Export the network, prove that every runtime agrees, and publish.

    The run's folder is then renamed after the version, so that the same configuration starts
    a new run.

    Returns:
        The manifest as published, and the run's folder under its new name.

    Raises:
        StageMissing: The evaluation is not complete.
        RunDamaged: A file of the run is not what a stage has left.
        RuntimesDisagree: An exported graph answers otherwise than the Keras model.
        StoreError: The store cannot be written to.
    """
    metrics = read_metrics(run)
    _clear_exports(run)
    _, network, dataset = _load_network(run)
    config, task = run.config, find_task(run.config.task)
    progress.say("Export: Keras, ONNX, SavedModel")
    export_network(network, dataset.train.features, run.version)
    task.write_preprocessing(run.version, dataset)
    probe = task.build_probe(network, dataset, config)
    differences = prove_agreement(run.version, *task.read_probe(probe, dataset))
    task.prove_preprocessing(run.version, dataset)
    for runtime, difference in differences.items():
        progress.say(f"  {runtime} agrees with Keras within {difference:.1e} on the probe set")
    ranking = read_ranking(run)
    facts = {
        "model": config.model,
        "family": config.family.name,
        "answers_by": config.family.answers_by,
        "metrics": metrics,
        "hyperparameters": ranking[0].values,
        "config": config.model_dump(mode="json"),
        "seed": config.seed,
        "libraries": find_libraries(),
        "source_revision": find_revision(),
        "run": _record(run, dataset, ranking),
    }
    description = task.describe(config, dataset, probe, facts)
    task.write_card(run.version, description)
    manifest = publish(store, run.version, description)
    return manifest, _retire(run.folder, f"{manifest.model}-{manifest.version}")


def _read_before(model: str, store: Store, progress: Progress) -> Record | None:
    """Return the record of the latest version, which the one to publish will follow."""
    versions = store.versions(model)
    try:
        return read_record(store.open(model, versions[-1])) if versions else None
    except StoreError as error:  # damage there is no reason to publish nothing here
        progress.say(f"  not compared with {model} version {versions[-1]}: {error}")
        return None


def _load_network(run: Run) -> tuple[keras.Model, keras.Model, Any]:
    """Return the network as it was fitted, as it is published, and the data set."""
    read_history(run)  # and sees that the network is there, and whole
    family = run.config.family
    networks = family.networks  # Keras knows the family's classes from here on
    keras.config.set_floatx(family.dtype)
    fitted = keras.saving.load_model(run.network)
    dataset = find_task(run.config.task).build_dataset(run.config)
    return fitted, networks.finish(fitted, dataset), dataset


def _record(run: Run, dataset: Dataset, results: Sequence[TrialResult]) -> RunRecord:
    """Return how the run went so far, wherever its trials ran."""
    elsewhere = [result.processor for result in results if result.processor]
    return record_run(run, count_examples(dataset), elsewhere)


def _clear_exports(run: Run) -> None:
    """Remove what an earlier attempt at publishing has left beside the evaluation's files."""
    for path in run.version.iterdir():
        if path.name != TRAINING:
            remove(path)


def _retire(folder: Path, name: str) -> Path:
    """Rename a finished run's folder; a number follows where another store had that version.

    Returns:
        The folder under its new name.
    """
    target = folder.with_name(name)
    number = 1
    while target.exists():
        number += 1
        target = folder.with_name(f"{name}.{number}")
    return folder.rename(target)
