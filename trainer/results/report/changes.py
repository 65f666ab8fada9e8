"""Compares two versions: what was chosen otherwise, and which is better."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from trainer.results.report.record import Record
from trainer.results.tables import Row, Table

_NONE = "—"


class Configured(Protocol):
    """A version that says how it was configured: its manifest, or its record."""

    @property
    def seed(self) -> int:
        """Seed of its run."""

    @property
    def config(self) -> dict[str, Any]:
        """The trainer's whole configuration."""


def have_same_test_part(one: Configured, other: Configured) -> bool:
    """Whether the test parts of two versions hold the same problems."""
    return not list_differences_of_data(one, other)


def list_differences_of_data(one: Configured, other: Configured) -> list[str]:
    """Return the settings that decide a test part and differ, such as `data.range`."""
    sections = ({"seed": each.seed, "data": each.config.get("data") or {}} for each in (one, other))
    own, theirs = (dict(_flatten(section)) for section in sections)
    return [name for name in {**own, **theirs} if own.get(name) != theirs.get(name)]


def compare_hyperparameters(record: Record, other: Record) -> Table:
    """Return one row a hyperparameter that differs."""
    return _differ("hyperparameter", record, other, record.hyperparameters, other.hyperparameters)


def compare_configs(record: Record, other: Record) -> Table:
    """Return one row a value of the configuration that differs."""
    own, theirs = dict(_flatten(record.config)), dict(_flatten(other.config))
    return _differ("setting", record, other, own, theirs)


def _differ(
    what: str,
    record: Record,
    other: Record,
    own: Mapping[str, str | int | float | bool],
    theirs: Mapping[str, str | int | float | bool],
) -> Table:
    rows: list[Row] = [
        [name, own.get(name, _NONE), theirs.get(name, _NONE)]
        for name in dict.fromkeys([*own, *theirs])
        if own.get(name, _NONE) != theirs.get(name, _NONE)
    ]
    return Table([what, record.name, other.name], rows)


def judge(own: float, other: float, *, error: bool = True) -> Row:
    """Return both figures, own / other where they are errors, and a word.

    Args:
        own: Of this version.
        other: Of the other.
        error: Whether it is an error, of which less is better.
    """
    ratio: float | str = own / other if other and error else _NONE
    verdict = "same" if own == other else "better" if (own < other) is error else "worse"
    return [own, other, ratio, verdict]


def _flatten(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        elif value is not None:  # a setting without a value is as good as none
            values = value if isinstance(value, list | tuple) else [value]
            yield f"{prefix}{key}", ", ".join(map(str, values))
