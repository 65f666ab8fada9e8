"""The configuration of a run: typed, frozen, checked on the way in. Each task adds its own."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, SerializeAsAny, field_validator

from tabuada.artifacts.storage.names import check_name
from tabuada.showing import show
from trainer.family import Families, Family
from trainer.spaces import PositiveInt, Section, Space


@dataclass(frozen=True, slots=True)
class Objective:
    """What networks of a task are judged by: a metric, on the validation part.

    Attributes:
        metric: As Keras reports it, such as `mae`.
        title: What people call it.
        better: Whether a lesser or a greater one is better.
    """

    metric: str
    title: str
    better: Literal["min", "max"] = "min"

    @property
    def name(self) -> str:
        """Its name on the validation part."""
        return f"val_{self.metric}"

    @property
    def metrics(self) -> tuple[str, str, str, str]:
        """What is recorded of each epoch."""
        return self.metric, "loss", self.name, "val_loss"

    @property
    def extreme(self) -> str:
        """What the best one is."""
        return "least" if self.better == "min" else "greatest"

    def rank(self, score: float) -> float:
        """Return what is the smaller, the better the score; infinite where there is none."""
        if not math.isfinite(score):
            return math.inf
        return score if self.better == "min" else -score

    def find_mode(self, monitor: str) -> Literal["min", "max"]:
        """Return which values of a monitored metric are better, as Keras takes it."""
        return self.better if monitor == self.name else "min"


class SearchConfig(Section):
    """How the space is searched.

    Attributes:
        algorithm: Keras Tuner's `random`, `hyperband` or `bayesian`.
        trials: How many combinations are tried. Hyperband plans its own number.
        factor: Hyperband's reduction factor.
        epochs: Greatest number of epochs of a trial; that of the fit where not given.
        finalists: The best trials, which are then tried again for longer; their new scores
            decide. 0 leaves it at the first round.
        final_epochs: Greatest number of epochs of a final; that of the fit where not given.
        parallel: Trials at a time. 0 takes one a core, of this machine or of the Ray cluster, for
            `random`, whose proposals do not depend on results, and one for the others, so that a
            seed gives the same trials.
    """

    algorithm: Literal["random", "hyperband", "bayesian"] = "random"
    trials: PositiveInt
    factor: Annotated[int, Field(ge=2)] = 3
    epochs: PositiveInt | None = None
    finalists: Annotated[int, Field(ge=0)] = 0
    final_epochs: PositiveInt | None = None
    parallel: Annotated[int, Field(ge=0, le=256)] = 0


class FitConfig(Section):
    """How a network is fitted.

    Attributes:
        epochs: Greatest number of epochs.
        batch_size: Problems a step.
        monitor: Metric by which an epoch is better than another: `val_loss`, or the task's.
        patience: Epochs without a better one after which training stops.
        reshuffle: Whether each epoch has an order of its own, or all that of the first.
        jit_compile: Whether XLA compiles each epoch: faster, other last digits.
    """

    epochs: PositiveInt
    batch_size: PositiveInt = 32
    monitor: str = "val_loss"
    patience: PositiveInt = 5
    reshuffle: bool = True
    jit_compile: bool = False


class TrainerConfig(Section):
    """Everything a run depends on. Each task has a subclass of it, with sections of its own.

    Attributes:
        families: The families of networks that the task has.
        objective: What networks are judged by.
        preset: Name of the preset it started from.
        task: What is learned.
        model: Name of the model in the store.
        seed: Seed of the data, the proposals and every network's initial weights.
        data: How the data set is made: a section of the task's.
        space: What is searched: a section of the family's.
        evaluation: What is evaluated: a section of the task's.
    """

    families: ClassVar[Families[Any]]
    objective: ClassVar[Objective]

    preset: str
    task: str
    model: Annotated[str, AfterValidator(check_name)]
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 42
    data: SerializeAsAny[Section]
    space: SerializeAsAny[Space]
    search: SearchConfig
    fit: FitConfig
    evaluation: SerializeAsAny[Section]

    @field_validator("space", mode="before")
    @classmethod
    def _of_its_family(cls, space: Any) -> Space:
        return cls.families.read_space(space)

    @field_validator("fit")
    @classmethod
    def _monitors_a_metric(cls, fit: FitConfig) -> FitConfig:
        known = ("val_loss", cls.objective.name)
        if fit.monitor not in known:
            raise ValueError(
                f"expected `monitor` to be {' or '.join(known)}. "
                f"Received: {show(fit.monitor)}. Choose one of these"
            )
        return fit

    @property
    def family(self) -> Family:
        """Family of networks."""
        found: Family = self.families.find(self.space.family)
        return found

    @property
    def trial_epochs(self) -> int:
        """Greatest number of epochs of a trial."""
        return self.search.epochs or self.fit.epochs

    @property
    def final_epochs(self) -> int:
        """Greatest number of epochs of a final."""
        return self.search.final_epochs or self.fit.epochs
