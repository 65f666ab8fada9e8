"""Which sets of problems two versions that calculate were asked alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from trainer.results.report.changes import Configured, list_differences_of_data

TEST, FRESH, FULL_RANGE = "test part", "fresh problems", "full range"
_SIZES = ("samples", "validation_share", "test_share")


@dataclass(frozen=True, slots=True)
class _Configured:
    seed: int
    config: dict[str, Any]


def find_shared_sets(one: Configured, other: Configured) -> Iterator[str]:
    """Yield the sets of problems that both versions answered, the very same ones."""
    if not list_differences_of_data(one, other):
        yield TEST
    if one.config.get("evaluation") != other.config.get("evaluation"):
        return
    drawn = [_choose(each, lambda name: name not in _SIZES) for each in (one, other)]
    if not list_differences_of_data(*drawn):
        yield FRESH
    # From the whole range, whatever else the data keeps away from.
    posed = [
        _choose(each, {"operations", "range", "min_divisor"}.__contains__) for each in (one, other)
    ]
    if not list_differences_of_data(*posed):
        yield FULL_RANGE


def _choose(one: Configured, chosen: Callable[[str], bool]) -> _Configured:
    data = one.config.get("data") or {}
    kept = {name: value for name, value in data.items() if chosen(name)}
    return _Configured(one.seed, {"data": kept})
