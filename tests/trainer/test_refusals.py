"""Tests of units that say no: what cannot be snapped right is refused."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.arithmetic.functions import FUNCTIONS
from benchmarks.arithmetic.refusals import run_task
from tests.trainer.conftest import run_trainer
from tests.trainer.searching import search_here
from trainer.errors import CannotSnap, SearchFailed
from trainer.presets import load_config
from trainer.progress import Progress
from trainer.run import open_run
from trainer.run_files import read_history
from trainer.tasks.calculation.families.arithmetic.refusal import describe_weights

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner")
RIGHT = ("a * b * b", "a / (b * b)", "a * a", "1 / (a * b)", "2 * a + b", "3 * a - 2 * b", "a", "1")
SMALL = ("search.trials=1", "space.learning_rate=[0.3]", 'space.schedule=["constant"]')


@pytest.mark.parametrize("name", ["a / (b * b)", pytest.param("2 * a + b", marks=pytest.mark.slow)])
def test_whole_weights_beyond_one_are_found(name: str) -> None:
    assert run_task((name, "7"))[0]["outcome"] == "right"


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_right_or_refused(name: str) -> None:
    outcome = run_task((name, "8"))[0]["outcome"]
    assert outcome == ("right" if name in (*RIGHT, "b - a") else "refused")


def test_refusal_names_operation_path_errors_and_what_to_do() -> None:
    (cell,) = run_task(("(a + b) / 2", "0"))
    assert cell["outcome"] == "refused"
    for text in (
        "Received: for `f` the additive path, as",
        "mean absolute error on 500 validation problems",
        "before the ramp, at weights 0.5 and 0.5,",
        "Nothing was published. Train for longer (fit.epochs)",
        "leave it out of data.operations",
    ):
        assert text in cell["refusal"]
    assert "\n" not in cell["refusal"]


@pytest.mark.parametrize(
    ("additive", "weights", "text"),
    [
        (True, (1, 1), "a + b"),
        (True, (-2, 1), "-2 * a + b"),
        (True, (0, -1), "-b"),
        (True, (3, -2), "3 * a - 2 * b"),
        (True, (0, 0), "0"),
        (False, (1, 2), "a * b * b"),
        (False, (1, -2), "a / b / b"),
        (False, (-1, 0), "1 / a"),
        (False, (0, 0), "1"),
    ],
)
def test_weights_are_said_as_a_person_writes_them(
    additive: bool, weights: tuple[int, int], text: str
) -> None:
    assert describe_weights(additive, np.array(weights, float)) == text


def test_sixty_problems_are_refused_as_soon_as_the_search_ends(tmp_path: Path) -> None:
    with pytest.raises(SearchFailed, match="CannotSnap: expected every operation to be snapped"):
        search_here(tmp_path, *SMALL, "data.samples=100", preset="arithmetic", config=None)


@pytest.mark.parametrize("size", [pytest.param(1e-8, marks=pytest.mark.slow), 1e-12])
def test_operands_next_to_zero_are_learned(tmp_path: Path, size: float) -> None:
    data = (f"data.range=[0, {size}]", f"data.min_divisor={size / 100}")
    results, _ = search_here(tmp_path, *SMALL, *data, preset="arithmetic", config=None)
    assert [result.reason for result in results] == [""]


def test_fit_that_cannot_be_snapped_is_refused_before_it_is_evaluated(tmp_path: Path) -> None:
    from trainer.stages import run_fit  # noqa: PLC0415 -- imports TensorFlow

    overrides = (*SMALL, "data.samples=2000", "fit.epochs=1")
    search_here(tmp_path, *overrides, preset="arithmetic", config=None)
    with (
        open_run(load_config("arithmetic", None, overrides), tmp_path) as run,
        pytest.raises(CannotSnap, match="before the ramp, at weights"),
    ):
        run_fit(run, Progress())
    assert read_history(run)["val_mae"]
    assert not run.evaluation.exists()


@pytest.mark.slow  # processes that import TensorFlow
def test_command_refuses_in_one_line_and_publishes_nothing(tmp_path: Path) -> None:
    done = run_trainer(
        "run", "--preset", "arithmetic", "--trials", "2", "--set", "data.samples=100",
        "--runs", tmp_path / "runs", "--artifacts", tmp_path / "store",
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert "CannotSnap: expected every operation to be snapped to whole weights" in line
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "store" / "arithmetic").exists()
