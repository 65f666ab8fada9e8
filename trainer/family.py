"""What a family of networks brings, and how a task finds those it has."""

import ast
import functools
import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, cast

from tabuada.showing import show
from trainer.errors import FamilyIncomplete
from trainer.spaces import Space, Values

if TYPE_CHECKING:
    import keras

_FUNCTIONS = {"build", "finish"}


@dataclass(frozen=True, slots=True)
class CardTexts:
    """What the model cards of a family say, in Markdown.

    Attributes:
        kind: What a network of the family is, such as `a multilayer perceptron`.
        what: How it works, and what was learned.
        use: What it is good for.
        limits: Where it fails, as a list.
    """

    kind: str
    what: str
    use: str
    limits: str


class Networks(Protocol):
    """The module `network` of a family; only this one imports Keras."""

    def build(self, values: Values, train: Any, *, total_steps: int) -> "keras.Model":
        """Build a network; Keras' global seed decides its initial weights.

        Args:
            values: Hyperparameters, those of the family's space.
            train: The training part, for what a network takes from it before it learns.
            total_steps: Optimizer steps of the whole fit, over which schedules run.

        Returns:
            A compiled model, features -> answers, with the metric of its task's objective. One
            whose attribute `whole_part` is true gets the whole training part at each step, which
            XLA then does not compile.
        """

    def finish(self, network: "keras.Model", dataset: Any) -> "keras.Model":
        """Return the network to publish, from a fitted one.

        Args:
            network: Fitted.
            dataset: Training and validation part, for what has to be right before it is published.

        Raises:
            TrainerError: The fitted one is not what this family publishes.
        """


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family of networks: a folder with space, card texts, network, and these facts.

    Attributes:
        name: As `family` in a configuration names it.
        space: Its hyperparameters.
        network: Name of the module that builds and finishes its networks, see `Networks`.
        card: What its model cards say.
        answers_by: Whether its published networks approximate answers, or compute them.
        form: What a published network is called beside others.
        form_before: What a fitted one is called before it is finished, where it then answers
            otherwise.
        dtype: Of the network's input, weights and output.
        keeps: Which epoch of a fit is kept: the best by what the fit monitors, or the last.
        compared: Hyperparameters by which a report compares trials.
    """

    name: str
    space: type[Space]
    network: str
    card: CardTexts
    answers_by: Literal["approximation", "computation"]
    form: str
    form_before: str = "before finishing"
    dtype: Literal["float32", "float64"] = "float32"
    keeps: Literal["best", "last"] = "best"
    compared: tuple[str, ...] = ()

    @property
    def networks(self) -> Networks:
        """What builds and finishes its networks. Imports Keras, which takes seconds."""
        return cast("Networks", importlib.import_module(self.network))


FamilyT = TypeVar("FamilyT", bound=Family)


class Families(Generic[FamilyT]):
    """The families of a task, each looked at when it is asked for.

    Args:
        packages: The package of each, by name. It has the family's facts as `FAMILY`.
        default: The one that a space without `family` is of.
    """

    def __init__(self, packages: dict[str, str], default: str) -> None:
        self.packages = packages
        self._default = default

    def __iter__(self) -> Iterator[FamilyT]:
        return map(self.find, self.packages)

    def find(self, name: str) -> FamilyT:
        """Return a family.

        Raises:
            KeyError: There is none of that name.
            FamilyIncomplete: It lacks something that a run will need.
        """
        return cast("FamilyT", _read_family(name, self.packages[name]))

    def choose(self, space: Mapping[str, Any]) -> FamilyT:
        """Return the family that the `[space]` of a configuration is of.

        Raises:
            ValueError: There is none of that name.
            FamilyIncomplete: It lacks something that a run will need.
        """
        name = space.get("family", self._default)
        if not isinstance(name, str) or name not in self.packages:
            raise ValueError(
                f"expected `family` to be {' or '.join(self.packages)}. "
                f"Received: {show(name)}. Choose one of these"
            )
        return self.find(name)

    def read_space(self, space: Any) -> Space:
        """Return the `[space]` of a configuration as the space of its family.

        Raises:
            ValueError: It is no table, or names no family of these.
            ValidationError: It breaks a rule of its family's space.
            FamilyIncomplete: Its family lacks something that a run will need.
        """
        if isinstance(space, Space):
            return self.choose({"family": space.family}).space.model_validate(space)
        if not isinstance(space, Mapping):
            raise ValueError(f"expected a table. Received: {show(space)}. Write [space]")
        return self.choose(space).space.model_validate(space)


@functools.cache
def _read_family(name: str, package: str) -> Family:
    """Import a family's facts and see that all of it is there, without importing Keras."""
    try:
        family: Family = importlib.import_module(package).FAMILY
        missing = _find_missing(family, name)
    except Exception as error:  # whatever is wrong with the modules of whoever adds one
        raise _incomplete(name, package, f"{type(error).__name__}: {error}") from error
    if missing:
        raise _incomplete(name, package, missing)
    return family


def _find_missing(family: Family, name: str) -> str:
    """Return what is wrong with a family, in words; nothing where all is well."""
    if family.name != name:
        return f"the facts of the family {family.name}"
    if not issubclass(family.space, Space):
        return "no space"
    if not isinstance(family.card, CardTexts):
        return "no card texts"
    found = importlib.util.find_spec(family.network)
    if found is None or found.origin is None:
        return f"no module {family.network}"
    tree = ast.parse(Path(found.origin).read_text("utf-8"))
    missing = _FUNCTIONS - {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return f"no {' and no '.join(sorted(missing))} in {found.name}" if missing else ""


def _incomplete(name: str, package: str, found: str) -> FamilyIncomplete:
    return FamilyIncomplete(
        f"space.family: expected the whole family {name} in {package}: facts, space, card and a "
        f"network module with build and finish. Received: {found}. CONTRIBUTING.md lists its files"
    )
