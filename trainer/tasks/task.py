"""What differs between kinds of models, from the data set to the report."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel

from tabuada.artifacts.store import Store
from tabuada.manifests.manifest import Description, Manifest
from trainer.config import TrainerConfig
from trainer.examples import Array, Dataset, Features
from trainer.results.report.changes import Configured, list_differences_of_data
from trainer.results.report.record import Record
from trainer.results.tables import Table
from trainer.rounding import LEAST

if TYPE_CHECKING:
    import keras
    import rich.table


TOLERANCE = LEAST
"""How far the runtimes of a version may be off the Keras model, times max(1, |its answer|).

Where a network's answers hang on more than that, `measure_tolerances` says on how much.
"""


class Evaluation(Protocol):
    """What an evaluation found; a task's own has more."""

    @property
    def metrics(self) -> BaseModel:
        """How the network does on the test part, as the manifest has it."""

    @property
    def scores(self) -> dict[str, float]:
        """`test_loss`, and whatever else is worth a line in `training/test.json`."""


ConfigT_contra = TypeVar("ConfigT_contra", bound=TrainerConfig, contravariant=True)
DatasetT = TypeVar("DatasetT", bound=Dataset)
EvaluationT = TypeVar("EvaluationT", bound=Evaluation)


class Task(Protocol[ConfigT_contra, DatasetT, EvaluationT]):
    """What the stages of a run ask of a task. All else of a run is the same for every task.

    Its configuration, with the objective of search and fit and with the families, stands apart: see
    `trainer.config.TrainerConfig`. Neither imports Keras, so that versions can be listed and
    reported without it.

    Attributes:
        evaluated: What an evaluation asks, for people.
        headline: What the one figure is called that tells how a network does: `test MAE`.
    """

    evaluated: str
    headline: str

    def build_dataset(self, config: ConfigT_contra) -> DatasetT:
        """Return the data set; the same configuration gives the same one."""

    def find_rivals(
        self, config: ConfigT_contra, dataset: DatasetT, fitted: "keras.Model | None", store: Store
    ) -> Mapping[str, Any]:
        """Return what the network is compared with, by name, in the form `evaluate` takes it.

        Args:
            config: Of the run.
            dataset: The data set.
            fitted: The network before it was finished, where it is another than the finished one.
            store: Where other networks may be published.
        """

    def count_answers(self, config: ConfigT_contra, dataset: DatasetT, rivals: int) -> int:
        """Return how many answers an evaluation beside so many rivals takes."""

    def evaluate(
        self,
        network: "keras.Model",
        dataset: DatasetT,
        config: ConfigT_contra,
        rivals: Mapping[str, Any],
        on_answers: Callable[[int], None],
    ) -> EvaluationT:
        """Evaluate the network to publish; `on_answers` is told how many more were answered."""

    def tabulate(
        self, config: ConfigT_contra, dataset: DatasetT, evaluation: EvaluationT
    ) -> dict[str, Table]:
        """Return the tables of data set and evaluation for `training/`, by name."""

    def draw_plots(self, folder: Path, dataset: DatasetT, evaluation: EvaluationT) -> None:
        """Draw the plots of data set and evaluation as PNG files."""

    def write_report(self, path: Path, record: Record, other: Record | None = None) -> None:
        """Write the report of a version, beside that of another one where there is one."""

    def list_differences_of_data(self, one: Configured, other: Configured) -> list[str]:
        """Return the settings by which two versions were tested on other questions.

        Figures of the two stand side by side only where there are none.
        """
        return list_differences_of_data(one, other)

    def read_metrics(self, content: bytes) -> BaseModel:
        """Return the metrics of an evaluation from their JSON."""

    def find_headline(self, metrics: BaseModel) -> float:
        """Return the one figure that tells how a network does."""

    def tabulate_metrics(self, manifest: Manifest, before: Manifest | None) -> "rich.table.Table":
        """Return how a new version does, for the terminal, beside the version before it."""

    def write_preprocessing(self, folder: Path, dataset: DatasetT) -> None:
        """Write the files of a version that say how questions become features."""

    def prove_preprocessing(self, folder: Path, dataset: DatasetT) -> None:
        """Read those files and see that they say what the data set was made with.

        Raises:
            RuntimesDisagree: They do not.
        """

    def build_probe(
        self, network: "keras.Model", dataset: DatasetT, config: ConfigT_contra
    ) -> BaseModel:
        """Return fixed questions with the Keras model's answers, as the manifest has them."""

    def read_probe(self, probe: Any, dataset: DatasetT) -> tuple[Features, Array, float | Array]:
        """Return what a probe asks and allows.

        Returns:
            Features, shape (n, …); answers, of the network's shape; and how far those of other
            runtimes may be off, times max(1, |answer|): all of them, or each.
        """

    def describe(
        self, config: ConfigT_contra, dataset: DatasetT, probe: BaseModel, facts: Mapping[str, Any]
    ) -> Description:
        """Return what the manifest is to say.

        Args:
            config: Of the run.
            dataset: The data set.
            probe: That of `build_probe`.
            facts: The members of a `Description` that are the same for every task.
        """

    def write_card(self, folder: Path, description: Any) -> None:
        """Write the model card of a version, from its description and its tables."""
