"""What the stages of a run do for networks that tell signs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import rich.table
from pydantic import BaseModel

from tabuada.artifacts.store import Store
from tabuada.manifests.files import MODEL_CARD
from tabuada.manifests.manifest import Manifest, Signature, TensorSpec
from tests.trainer.signs.config import SignsConfig
from tests.trainer.signs.manifest import SignsDescription, SignsMetrics, SignsProbe
from trainer.examples import Array, Examples, Features
from trainer.results.report.page import Page
from trainer.results.report.record import Record
from trainer.results.report.sections import add_facts, add_fit, add_tables, add_trials
from trainer.results.tables import Row, Table
from trainer.tasks.task import TOLERANCE, Task

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class SignsDataset:
    """Sums (n, 2) float32, and whether they are not negative (n, 1) int64."""

    train: Examples
    validation: Examples
    test: Examples


@dataclass(frozen=True)
class SignsEvaluation:
    """What the test part showed."""

    metrics: SignsMetrics
    scores: dict[str, float]


class Signs(Task[SignsConfig, SignsDataset, SignsEvaluation]):
    """The task `signs`; see `Task` for what each method is for."""

    evaluated = "the sums of the test part"
    headline = "accuracy"

    def build_dataset(self, config: SignsConfig) -> SignsDataset:
        """Draw three parts."""
        rng = np.random.default_rng(config.seed)
        parts = [draw(config.data.samples, rng) for _ in range(3)]
        return SignsDataset(*parts)

    def find_rivals(
        self,
        config: SignsConfig,  # noqa: ARG002
        dataset: SignsDataset,  # noqa: ARG002
        fitted: "keras.Model | None",  # noqa: ARG002
        store: Store,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return none."""
        return {}

    def count_answers(self, config: SignsConfig, dataset: SignsDataset, rivals: int) -> int:  # noqa: ARG002
        """Return the size of the test part."""
        return len(dataset.test)

    def evaluate(
        self,
        network: "keras.Model",
        dataset: SignsDataset,
        config: SignsConfig,  # noqa: ARG002
        rivals: Mapping[str, Any],  # noqa: ARG002
        on_answers: Callable[[int], None],
    ) -> SignsEvaluation:
        """Ask for the test part."""
        loss, accuracy = network.evaluate(
            dataset.test.features, dataset.test.targets, batch_size=1024, verbose=0
        )
        chosen = network.predict(dataset.test.features, verbose=0).argmax(1)
        right = chosen == dataset.test.targets[:, 0]
        on_answers(len(chosen))
        by_class = {
            name: float(right[dataset.test.targets[:, 0] == place].mean())
            for place, name in enumerate(("negative", "other"))
        }
        metrics = SignsMetrics(accuracy=float(accuracy), by_class=by_class)
        scores = {"test_loss": float(loss), "test_accuracy": float(accuracy)}
        return SignsEvaluation(metrics, scores)

    def tabulate(
        self,
        config: SignsConfig,  # noqa: ARG002
        dataset: SignsDataset,  # noqa: ARG002
        evaluation: SignsEvaluation,
    ) -> dict[str, Table]:
        """Return the accuracy by class."""
        rows: list[Row] = [[name, share] for name, share in evaluation.metrics.by_class.items()]
        return {"classes": Table(["class", "accuracy"], rows)}

    def draw_plots(self, folder: Path, dataset: SignsDataset, evaluation: SignsEvaluation) -> None:
        """Draw none."""

    def write_report(self, path: Path, record: Record, other: Record | None = None) -> None:  # noqa: ARG002
        """Write a short report."""
        page = Page("Training report: {name}", name=record.name)
        page.add_section("summary", "Summary")
        page.add_text("Accuracy {accuracy}.", accuracy=record.metrics.accuracy)
        add_facts(page, record)
        add_trials(page, record, SignsConfig.objective)
        add_fit(page, record, SignsConfig.objective)
        add_tables(page, record, ("classes", "By class"))
        path.write_text(page.render(), encoding="utf-8")

    def read_metrics(self, content: bytes) -> SignsMetrics:
        """Return the accuracy."""
        return SignsMetrics.model_validate_json(content)

    def find_headline(self, metrics: BaseModel) -> float:
        """Return the accuracy of all classes."""
        assert isinstance(metrics, SignsMetrics)
        return metrics.accuracy

    def tabulate_metrics(self, manifest: Manifest, before: Manifest | None) -> rich.table.Table:  # noqa: ARG002
        """Return the accuracy by class."""
        assert isinstance(manifest.metrics, SignsMetrics)
        table = rich.table.Table("class", "accuracy")
        for name, share in manifest.metrics.by_class.items():
            table.add_row(name, f"{share:.3f}")
        return table

    def write_preprocessing(self, folder: Path, dataset: SignsDataset) -> None:
        """Write none: sums are features as they are."""

    def prove_preprocessing(self, folder: Path, dataset: SignsDataset) -> None:
        """Prove nothing."""

    def build_probe(
        self,
        network: "keras.Model",
        dataset: SignsDataset,
        config: SignsConfig,  # noqa: ARG002
    ) -> SignsProbe:
        """Return the first sums of the test part."""
        features = dataset.test.features[:16]
        answers = network.predict(features, verbose=0)[:, 1].astype(np.float64)
        return SignsProbe(
            summands=tuple(map(tuple, features.tolist())), probabilities=tuple(answers.tolist())
        )

    def read_probe(
        self,
        probe: SignsProbe,
        dataset: SignsDataset,  # noqa: ARG002
    ) -> tuple[Features, Array, float]:
        """Return both probabilities of each sum."""
        positive = np.array(probe.probabilities)
        answers = np.column_stack((1 - positive, positive))
        return np.array(probe.summands, np.float32), answers, TOLERANCE

    def describe(
        self,
        config: SignsConfig,  # noqa: ARG002
        dataset: SignsDataset,  # noqa: ARG002
        probe: BaseModel,
        facts: Mapping[str, Any],
    ) -> SignsDescription:
        """Return two summands in, two probabilities out."""
        signature = Signature(
            inputs=(TensorSpec(name="summands", dtype="float32", shape=(None, 2)),),
            outputs=(TensorSpec(name="probabilities", dtype="float32", shape=(None, 2)),),
        )
        return SignsDescription(**facts, signature=signature, probe=probe)

    def write_card(self, folder: Path, description: SignsDescription) -> None:
        """Write a line."""
        card = f"# {description.model}: accuracy {description.metrics.accuracy:.3f}\n"
        (folder / MODEL_CARD).write_text(card, encoding="utf-8")


TASK = Signs()


def draw(n: int, rng: np.random.Generator) -> Examples:
    """Draw sums from [-1, 1], and what is right."""
    summands = rng.uniform(-1, 1, (n, 2)).astype(np.float32)
    return Examples(summands, (summands.sum(1, keepdims=True) >= 0).astype(np.int64))
