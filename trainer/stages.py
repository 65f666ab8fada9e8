"""The stages of a run after its search. Each reads what the one before left."""

import json
import shutil
from pathlib import Path

import keras

from tabuada.arithmetic.error_statistics import ErrorReport
from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tabuada.errors import StoreError
from tabuada.manifests.calculation import CalculationDescription, CalculationSignature
from tabuada.manifests.manifest import Manifest
from trainer.data import Dataset, build_dataset
from trainer.evaluation import (
    Answerer,
    answer_with,
    answer_with_version,
    count_answers,
    evaluate_network,
)
from trainer.export import build_probe, export_network, prove_agreement
from trainer.families import find_family
from trainer.fitting import fit_network
from trainer.progress import Progress
from trainer.results.card import write_card
from trainer.results.provenance import find_libraries, find_revision
from trainer.results.report import Record, read_record
from trainer.results.write_training import write_training
from trainer.run import Run, read_ranking, require, write_json


def run_fit(run: Run, progress: Progress) -> None:
    """Fit the best hyperparameters anew and keep the epoch that their family keeps.

    Raises:
        StageMissing: The search is not complete.
    """
    best = read_ranking(run)[0]
    if run.history.exists():
        progress.say(f"Fit: complete already, in {run.network}")
        return
    config = run.config
    checkpoint = keras.callbacks.ModelCheckpoint(
        run.network,
        monitor=config.fit.monitor,
        mode="min",
        save_best_only=find_family(config.family).keeps == "best",
    )
    with progress.fitting(config.fit.epochs) as watch:
        _, history = fit_network(
            best.values,
            build_dataset(config),
            config,
            epochs=config.fit.epochs,
            logs=run.folder / "tensorboard" / "fit",
            callbacks=[checkpoint],
            on_epoch=watch.on_epoch,
        )
    write_json(run.history, history)
    watched = history[config.fit.monitor]
    progress.say(
        f"  {len(watched)} epochs, least {config.fit.monitor} {min(watched):.4g} in epoch "
        f"{watched.index(min(watched)) + 1}"
    )


def run_evaluate(run: Run, store: Store, progress: Progress) -> ErrorReport:
    """Evaluate the fitted network and write tables, plots and report.

    It is compared with its own form before it was finished, where that is another, and with the
    multilayer perceptron that the store serves, where there is one.

    Returns:
        The error report on the test part.

    Raises:
        StageMissing: The fit is not complete.
        CannotSnap: The fitted network is not what its family publishes.
    """
    fitted, network, dataset = _load_network(run)
    rivals: dict[str, Answerer] = {}
    if network is not fitted:
        rivals["before snapping"] = answer_with(fitted, dataset.encoder)
    if run.config.family != "mlp" and store.versions("mlp"):
        version = store.resolve("mlp")
        rivals[f"mlp version {version}"] = answer_with_version(store.open("mlp", version))
    before = _read_before(run.config.model, store, progress)
    with progress.evaluating(count_answers(dataset, run.config, len(rivals))) as watch:
        evaluation = evaluate_network(network, dataset, run.config, rivals, watch.on_answers)
        watch.on_step("writing tables, plots and report")
        shutil.rmtree(run.version, ignore_errors=True)
        write_training(
            run.version / "training",
            config=run.config,
            dataset=dataset,
            results=read_ranking(run),
            history=json.loads(run.history.read_text()),
            evaluation=evaluation,
            before=before,
        )
    report = evaluation.test.report()
    write_json(run.evaluation, report.model_dump(mode="json"))
    return report


def run_publish(run: Run, store: Store, progress: Progress) -> tuple[Manifest, Path]:
    """Export the network, prove that every runtime agrees, and publish.

    The run's folder is then renamed after the version, so that the same configuration starts
    a new run.

    Returns:
        The manifest as published, and the run's folder under its new name.

    Raises:
        StageMissing: The evaluation is not complete.
        RuntimesDisagree: An exported graph answers otherwise than the Keras model.
        StoreError: The store cannot be written to.
    """
    require(run.evaluation, "evaluate")
    _, network, dataset = _load_network(run)
    config = run.config
    progress.say("Export: Keras, ONNX, SavedModel")
    export_network(network, dataset, run.version)
    probe = build_probe(network, dataset, config.data)
    differences = prove_agreement(run.version, dataset, probe)
    for runtime, difference in differences.items():
        progress.say(f"  {runtime} agrees with Keras within {difference:.1e} on the probe set")
    operations = config.data.operations
    description = CalculationDescription(
        model=config.model,
        family=config.family,
        answers_by=find_family(config.family).answers_by,
        signature=CalculationSignature.of(
            dataset.encoder.operations,
            find_family(config.family).dtype,
            tuple(config.data.operands.domain(symbol) for symbol in operations),
        ),
        metrics=ErrorReport.model_validate_json(run.evaluation.read_bytes()),
        hyperparameters=read_ranking(run)[0].values,
        config=config.model_dump(mode="json"),
        seed=config.seed,
        libraries=find_libraries(),
        source_revision=find_revision(),
        probe=probe,
    )
    write_card(run.version, description)
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


def _load_network(run: Run) -> tuple[keras.Model, keras.Model, Dataset]:
    """Return the network as it was fitted, as it is published, and the data set."""
    require(run.history, "fit")
    family = find_family(run.config.family)
    keras.config.set_floatx(family.dtype)
    fitted = keras.saving.load_model(run.network)
    return fitted, family.finish(fitted), build_dataset(run.config)


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
