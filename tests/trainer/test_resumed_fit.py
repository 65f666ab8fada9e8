"""Tests of a fit that was interrupted: it ends as if nothing had happened."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.interrupting import fit, prepare_run, read_curves, read_variables

CASES: dict[str, tuple[list[str], dict[str, Any]]] = {
    # Rates that fall where early stopping and the plateau have counted for some epochs.
    "plateau, dropout": (
        ["fit.epochs=30", "fit.patience=9"],
        {"schedule": "plateau", "dropout_rate": 0.2, "optimizer": "nadam", "learning_rate": 0.3},
    ),
    "cosine, one order": (
        ["fit.epochs=12", "fit.reshuffle=false"],
        {"schedule": "cosine", "optimizer": "adamw"},
    ),
    "compiled": (["fit.epochs=8", "fit.jit_compile=true"], {"dropout_rate": 0.2}),
}


@pytest.mark.parametrize("case", CASES)
def test_interrupted_fit_ends_as_if_nothing_had_happened(case: str, tmp_path: Path) -> None:
    overrides, values = CASES[case]
    with prepare_run(tmp_path / "whole", *overrides, **values) as whole:
        once = fit(whole).epochs[0]
        middle = len(once) // 2
        with prepare_run(tmp_path / "parts", *overrides, **values) as parts:
            progress = fit(parts, middle, middle + 3, len(once))
            attempts = progress.epochs
            assert [attempt[0] for attempt in attempts] == [1, middle, middle + 3, len(once)]
            assert attempts[-1][-1] == once[-1]
            assert parts.history.read_bytes() == whole.history.read_bytes()
            for resumed, others in zip(read_variables(parts), read_variables(whole), strict=True):
                np.testing.assert_array_equal(resumed, others)
            assert read_curves(parts) == read_curves(whole)
            assert not parts.checkpoints.exists()
