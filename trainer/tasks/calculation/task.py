"""What the stages of a run do for networks that calculate."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import rich.table
from pydantic import BaseModel

from tabuada.arithmetic.error_statistics import ErrorReport
from tabuada.arithmetic.problems import Problems
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import (
    CalculationDescription,
    CalculationProbe,
    CalculationSignature,
    as_calculation,
)
from tabuada.manifests.manifest import Manifest
from trainer.examples import Array, Features
from trainer.results.report.changes import Configured, list_differences_of_data
from trainer.results.report.record import Record
from trainer.results.tables import Table
from trainer.tasks.calculation import tabulate
from trainer.tasks.calculation.card import write_card
from trainer.tasks.calculation.config import CalculationConfig, complete
from trainer.tasks.calculation.dataset import Dataset, build_dataset
from trainer.tasks.calculation.evaluation import (
    Answerer,
    Answers,
    Evaluation,
    answer_with,
    answer_with_version,
    count_answers,
    evaluate_network,
)
from trainer.tasks.calculation.probe import build_probe, read_probe
from trainer.tasks.calculation.report.composing import write_report
from trainer.tasks.calculation.scaling import prove_scaler, write_scaler
from trainer.tasks.calculation.summary import tabulate_metrics
from trainer.tasks.task import Task

if TYPE_CHECKING:
    import keras

BASELINE = "mlp"
"""The model that others are compared with, where the store serves it."""


class Calculation(Task[CalculationConfig, Dataset, Evaluation]):
    """The task `calculation`; see `Task` for what each method is for."""

    evaluated = "test part, new equations, fresh problems"
    headline = "test MAE"

    def build_dataset(self, config: CalculationConfig) -> Dataset:
        """Sample, split and scale."""
        return build_dataset(config)

    def find_rivals(
        self,
        config: CalculationConfig,
        dataset: Dataset,
        fitted: "keras.Model | None",
        store: Store,
    ) -> dict[str, Answerer]:
        """Return the network before it was finished, and the baseline that is served."""
        rivals: dict[str, Answerer] = {}
        if fitted is not None:
            rivals[config.family.form_before] = answer_with(fitted, dataset.encoder)
        if config.family.name != BASELINE and store.versions(BASELINE):
            version = store.resolve(BASELINE)
            served = store.open(BASELINE, version)
            rivals[f"{BASELINE} version {version}"] = answer_with_version(served)
        return rivals

    def count_answers(self, config: CalculationConfig, dataset: Dataset, rivals: int) -> int:
        """Return how many answers the sets of problems take."""
        return count_answers(dataset, config, rivals)

    def evaluate(
        self,
        network: "keras.Model",
        dataset: Dataset,
        config: CalculationConfig,
        rivals: Mapping[str, Answerer],
        on_answers: Callable[[int], None],
    ) -> Evaluation:
        """Pose test part, new equations and fresh problems."""
        return evaluate_network(network, dataset, config, rivals, on_answers)

    def tabulate(
        self, config: CalculationConfig, dataset: Dataset, evaluation: Evaluation
    ) -> dict[str, Table]:
        """Return distributions, errors, answers and comparisons."""
        full_range = _name_networks(config, evaluation.full_range, evaluation, 0)
        outside = _name_networks(config, evaluation.outside, evaluation, 1)
        return {
            "data_distributions": tabulate.tabulate_distributions(_join(dataset)),
            "test_errors": tabulate.tabulate_errors(evaluation.test.report()),
            "new_equations": tabulate.tabulate_answers(evaluation.equations),
            "fresh_errors": tabulate.tabulate_errors(evaluation.fresh.report()),
            "fresh_sample": tabulate.tabulate_sample(evaluation.fresh),
            "fresh_error_distribution": tabulate.tabulate_error_distribution(evaluation.fresh),
            "full_range_errors": tabulate.tabulate_errors(evaluation.full_range.report()),
            "compared_in_range": tabulate.tabulate_comparison(full_range),
            "compared_outside": tabulate.tabulate_comparison(outside),
            "extrapolation": tabulate.tabulate_extrapolation(outside),
        }

    def draw_plots(self, folder: Path, dataset: Dataset, evaluation: Evaluation) -> None:
        """Draw distributions, and predicted against exact."""
        from trainer.tasks.calculation import plots  # noqa: PLC0415 -- imports Matplotlib

        plots.draw_plots(folder, _join(dataset), evaluation.fresh)

    def write_report(self, path: Path, record: Record, other: Record | None = None) -> None:
        """Write the report."""
        record = replace(record, config=complete(record.config))
        write_report(path, record, other and replace(other, config=complete(other.config)))

    def list_differences_of_data(self, one: Configured, other: Configured) -> list[str]:
        """Return the settings by which two versions were tested on other problems."""
        return list_differences_of_data(
            *(
                SimpleNamespace(seed=each.seed, config=complete(each.config))
                for each in (one, other)
            )
        )

    def read_metrics(self, content: bytes) -> ErrorReport:
        """Return the error statistics."""
        return ErrorReport.model_validate_json(content)

    def find_headline(self, metrics: BaseModel) -> float:
        """Return the mean absolute error of all operations."""
        assert isinstance(metrics, ErrorReport)
        return metrics.overall.mae

    def tabulate_metrics(self, manifest: Manifest, before: Manifest | None) -> rich.table.Table:
        """Return the errors by operation."""
        return tabulate_metrics(
            as_calculation(manifest), as_calculation(before) if before else None
        )

    def write_preprocessing(self, folder: Path, dataset: Dataset) -> None:
        """Write the scaler."""
        write_scaler(folder, dataset.scaler)

    def prove_preprocessing(self, folder: Path, dataset: Dataset) -> None:  # noqa: ARG002
        """See that the scaler's files agree."""
        prove_scaler(folder)

    def build_probe(
        self, network: "keras.Model", dataset: Dataset, config: CalculationConfig
    ) -> CalculationProbe:
        """Return fixed problems from the trained range with the network's answers."""
        return build_probe(network, dataset, config.data)

    def read_probe(
        self, probe: CalculationProbe, dataset: Dataset
    ) -> tuple[Features, Array, float | Array]:
        """Return the probe's features and answers, and how far each may be off."""
        return read_probe(probe, dataset)

    def describe(
        self,
        config: CalculationConfig,
        dataset: Dataset,
        probe: BaseModel,
        facts: Mapping[str, Any],
    ) -> CalculationDescription:
        """Return what the manifest is to say: operations and domains beside the rest."""
        operations = dataset.encoder.operations
        signature = CalculationSignature.of(
            operations,
            config.family.dtype,
            tuple(config.data.distribution.domain(operation) for operation in operations),
            2 * len(dataset.encoder.scaler.added),
        )
        return CalculationDescription(**facts, signature=signature, probe=probe)

    def write_card(self, folder: Path, description: CalculationDescription) -> None:
        """Write the model card."""
        write_card(folder, description)


TASK = Calculation()


def _name_networks(
    config: CalculationConfig, own: Answers, evaluation: Evaluation, position: int
) -> dict[str, Answers]:
    """Return what this network and its rivals answered, by name, to one of the two sets."""
    rivals = {name: answers[position] for name, answers in evaluation.rivals.items()}
    return {config.family.form: own} | rivals


def _join(dataset: Dataset) -> Problems:
    """Return the problems of all parts together."""
    parts = [p.problems for p in (dataset.train, dataset.validation, dataset.test)]
    columns = (np.concatenate([getattr(p, name) for p in parts]) for name in ("a", "op", "b"))
    return Problems(dataset.encoder.operations, *columns)
