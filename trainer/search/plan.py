"""What a search can try, and what is said where that is less than was asked for."""

import math
from collections.abc import Iterator

from trainer.config import TrainerConfig
from trainer.spaces import Range, Space


def count_combinations(space: Space) -> int | None:
    """Return how many sets of hyperparameters a space holds; None where a range is in it."""
    entries = space.searched.values()
    if any(isinstance(entry, Range) for entry in entries):
        return None
    return math.prod(len(entry) for entry in entries if not isinstance(entry, Range))


def count_trials(config: TrainerConfig) -> int | None:
    """Return how many trials there will be at most, without finals; None if Hyperband decides."""
    if config.search.algorithm == "hyperband":
        return None
    return min(config.search.trials, count_combinations(config.space) or config.search.trials)


def count_finals(config: TrainerConfig) -> int:
    """Return how many finals there will be at most."""
    if finals_repeat_trials(config):
        return 0
    return min(config.search.finalists, count_trials(config) or config.search.finalists)


def finals_repeat_trials(config: TrainerConfig) -> bool:
    """Whether a final would be the very fit that its trial was, since it lasts as long."""
    return (
        config.search.algorithm != "hyperband"
        and config.search.finalists > 0
        and config.final_epochs == config.trial_epochs
    )


def tell_plan(config: TrainerConfig) -> Iterator[str]:
    """Yield what is to be said before a search: what will be left out of what was asked for."""
    combinations = count_combinations(config.space)
    asked = config.search.trials
    if config.search.algorithm != "hyperband" and combinations and combinations < asked:
        yield (
            f"  the space holds {_count(combinations, 'combination')}: each is tried once, and "
            f"{asked - combinations} of the {asked} trials asked for are left out"
        )
    if finals_repeat_trials(config):
        yield (
            f"  no finals: of {config.final_epochs} epochs, as the trials are, they would be the "
            "same fits again"
        )


def tell_outcome(config: TrainerConfig, tried: int, *, replaced: int, asked: int) -> Iterator[str]:
    """Yield what is to be said after a search that did not try what was planned.

    Args:
        config: Of the run.
        tried: Trials that were run, without finals.
        replaced: Bayesian proposals that were an earlier trial once more.
        asked: Combinations that Hyperband's first rounds ask for, where there were fewer; else 0.
    """
    if replaced:
        yield (
            f"  {_count(replaced, 'proposal')} of the Bayesian search would have repeated an "
            "earlier trial, which with the same seed is the same fit: others were drawn instead"
        )
    if asked:
        yield (
            f"  Hyperband's first rounds ask for {_count(asked, 'combination')}, more than the "
            f"space holds: its rounds were smaller, and {_count(tried, 'trial')} in all"
        )
    planned = count_trials(config)
    if planned and tried < planned:
        yield (
            f"  the search ended after {tried} of {planned} trials: no combination was found that "
            "had not been tried"
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
