"""Draws many things and tries each, the same ones each time."""

import os
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

T = TypeVar("T")


def try_each(drawn: st.SearchStrategy[T], examples: int, check: Callable[[T], None]) -> None:
    """Draw that many examples and check each; fail with the least one that fails.

    Args:
        drawn: What to draw.
        examples: How many. `TABUADA_TEST_SEED` in the environment chooses other ones.
        check: Raises where something is wrong.
    """

    @seed(int(os.environ.get("TABUADA_TEST_SEED", "0")))
    @settings(
        max_examples=examples,
        deadline=None,  # of one example: a loaded machine is no failure
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(example=drawn)
    def run(example: T) -> None:
        check(example)

    run()
