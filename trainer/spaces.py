"""What a search space is made of: the hyperparameters of a family, and what may be tried."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    FiniteFloat,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

PositiveInt = Annotated[int, Field(gt=0)]
Values = dict[str, str | int | float | bool]
"""Hyperparameters by name, one value each."""


class Section(BaseModel):
    """A table of a configuration file: no unknown keys, no conversions.

    Attributes:
        LATER: Keys that a later revision added. Their defaults are what was done before, so that
            a run which was begun then is still the same run.
    """

    LATER: ClassVar[frozenset[str]] = frozenset()

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @property
    def as_before(self) -> set[str]:
        """The later keys that have their defaults."""
        fields = type(self).model_fields
        return {key for key in self.LATER if getattr(self, key) == fields[key].default}


def _check_not_empty(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values or len(set(values)) != len(values):
        raise ValueError("expected one or more values, each once")
    return values


class Range(Section):
    """An interval of values for a hyperparameter.

    Attributes:
        min: Least value.
        max: Greatest value.
        sampling: `linear` or `log`: uniform in the value or in its logarithm.
    """

    min: FiniteFloat
    max: FiniteFloat
    sampling: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min < self.max:
            raise ValueError("expected min below max")
        if self.sampling == "log" and self.min <= 0:
            raise ValueError("expected min above 0 for log sampling")
        return self


Listed = (Field(strict=False), AfterValidator(_check_not_empty))
"""What makes a tuple type an entry: `Annotated[tuple[Literal["relu", "tanh"], ...], *Listed]`."""
Integers = Annotated[tuple[PositiveInt, ...], *Listed]
Floats = Annotated[tuple[FiniteFloat, ...], *Listed]
Entry = Annotated[
    Annotated[Floats, Tag("choices")] | Annotated[Range, Tag("interval")],
    Discriminator(lambda value: "interval" if isinstance(value, dict | Range) else "choices"),
]
Booleans = Annotated[tuple[bool, ...], *Listed]
Schedules = Annotated[tuple[Literal["constant", "cosine", "plateau"], ...], *Listed]


def _is_out_of(value: Any, entry: Range | tuple[Any, ...]) -> bool:
    """Return whether a value is one of a list, its type included, or within a range."""
    if not isinstance(entry, Range):
        return any(type(value) is type(each) and value == each for each in entry)
    slack = 1e-9 * max(abs(entry.min), abs(entry.max))  # of logarithms there and back
    return type(value) is float and entry.min - slack <= value <= entry.max + slack


class Space(Section):
    """The hyperparameters of a family: one entry each, a list to choose from or a range.

    Attributes:
        BOUNDS: Where the values of an entry have to lie, the upper end excluded, by its name.
        family: Name of the family.
    """

    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {}

    family: str

    @property
    def searched(self) -> dict[str, Range | tuple[Any, ...]]:
        """What may be tried for each hyperparameter that has more than one value."""
        return {
            name: entry
            for name, entry in self._entries()
            if isinstance(entry, Range) or len(entry) > 1
        }

    def complete(self, proposed: Values) -> Values:
        """Return proposed values with those of the hyperparameters that have only one.

        Args:
            proposed: By Keras Tuner, which keeps truth values as 0 and 1.
        """
        values: Values = {}
        for name, entry in self._entries():
            if isinstance(entry, Range):
                values[name] = proposed[name]
            else:
                values[name] = entry[entry.index(proposed.get(name, entry[0]))]
        return values

    def find_foreign(self, values: Values) -> str:
        """Return what is wrong with values as a combination out of this space; empty if nothing.

        Args:
            values: Of all hyperparameters, as `complete` returns them.
        """
        entries = dict(self._entries())
        if values.keys() != entries.keys():
            names = sorted(values.keys() ^ entries.keys())
            return f"a hyperparameter too many or too few: {', '.join(names)}"
        for name, entry in entries.items():
            if not _is_out_of(values[name], entry):
                return f"another value of {name} than the space has"
        return ""

    def _entries(self) -> Iterator[tuple[str, Any]]:
        return (pair for pair in self if pair[0] != "family")

    @field_validator("*")
    @classmethod
    def _in_bounds(cls, entry: Any, info: ValidationInfo) -> Any:
        bounds = cls.BOUNDS.get(str(info.field_name))
        if bounds is None:
            return entry
        values = (entry.min, entry.max) if isinstance(entry, Range) else entry
        if min(values) < bounds[0] or max(values) >= bounds[1]:
            raise ValueError(
                f"expected values in [{bounds[0]:g}, {bounds[1]:g}). Received: {values}"
            )
        return entry
