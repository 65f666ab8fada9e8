"""What a search proposes where its space is small, and what it says; scores are made up here."""

import math
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trainer.conftest import TINY
from trainer.config import TrainerConfig
from trainer.presets import load_config
from trainer.search.oracle import Proposer
from trainer.search.plan import count_combinations, count_finals, count_trials, tell_plan
from trainer.trial import TrialResult, TrialTask

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]

FIXED = (
    "space.num_layers=[1]", "space.num_neurons=[8]", 'space.activation=["tanh"]',
    'space.optimizer=["adam"]', 'space.schedule=["constant"]', "space.l2_reg=[0.0]",
    "space.dropout_rate=[0.0]", "space.residual=[false]", 'space.target_scaling=["none"]',
    'space.loss_function=["mse"]',
)  # fmt: skip


def configure(*rates: float, **search: str | int) -> TrainerConfig:
    """Return a configuration whose space holds these learning rates, and nothing else to choose."""
    settings = [f"search.{name}={value}" for name, value in search.items()]
    return load_config("seed", TINY, [*FIXED, f"space.learning_rate={list(rates)}", *settings])


def score(task: TrialTask) -> TrialResult:
    rate = float(task.values["learning_rate"])
    loss = abs(math.log10(rate) + 2) + 1 / task.epochs
    metrics = dict.fromkeys(("mae", "loss", "val_mae", "val_loss"), loss)
    return TrialResult(task.trial, task.values, metrics, task.epochs, task.epochs)


def drive(
    config: TrainerConfig, folder: Path, answer: Callable[[TrialTask], TrialResult] = score
) -> tuple[list[TrialTask], list[str]]:
    """Answer proposals one at a time; return the trials that were to be run, and what was said."""
    proposer, tasks = Proposer(config, folder), list[TrialTask]()
    for task in proposer.propose():
        assert task is not None, "it waits, with nothing under way"
        assert len(tasks) < 500
        tasks.append(task)
        proposer.record(answer(task))
    return tasks, [*tell_plan(config), *proposer.tell_outcome()]


def name_fit(task: TrialTask) -> tuple[object, ...]:
    return *task.values.values(), task.epochs, task.initial_epoch, task.parent


@pytest.mark.parametrize("algorithm", ["random", "bayesian"])
@pytest.mark.parametrize("count", [1, 6])
def test_space_with_fewer_combinations_than_trials_is_tried_once_and_said_so(
    algorithm: str, count: int, tmp_path: Path
) -> None:
    rates = [round(0.001 * (place + 1), 3) for place in range(count)]
    config = configure(*rates, algorithm=algorithm, trials=count + 12)
    tasks, said = drive(config, tmp_path)
    assert sorted(float(task.values["learning_rate"]) for task in tasks) == rates
    noun = "combination" if count == 1 else "combinations"
    assert said[0] == (
        f"  the space holds {count} {noun}: each is tried once, and 12 of the {count + 12} trials "
        "asked for are left out"
    )
    assert count_trials(config) == count_combinations(config.space) == count


def test_search_of_as_many_trials_as_combinations_tries_them_all(tmp_path: Path) -> None:
    """Keras Tuner gives up after 20 draws of what was tried: of 60 some would be left."""
    rates = [round(0.001 * (place + 1), 3) for place in range(60)]
    tasks, said = drive(configure(*rates, trials=60), tmp_path)
    assert sorted(float(task.values["learning_rate"]) for task in tasks) == rates
    assert said == []


def test_bayesian_search_draws_another_where_it_would_repeat_itself(tmp_path: Path) -> None:
    rates = [round(0.001 * (place + 1), 3) for place in range(8)]
    config = configure(*rates, algorithm="bayesian", trials=7)
    tasks, said = drive(config, tmp_path)
    assert len(tasks) == len(set(map(name_fit, tasks))) == 7
    assert len(said) == 1
    assert re.match(r"  [1-4] proposals? of the Bayesian search would have repeated", said[0])

    # Interrupted and given again, it goes on as it would have.
    log = tmp_path / "log.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:9]))
    rest, told = drive(config, tmp_path)
    assert (rest, told) == (tasks[4:], said)
    assert log.read_text() == "".join(lines)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_hyperband_goes_on_to_its_last_round_in_a_small_space(count: int, tmp_path: Path) -> None:
    rates = [round(0.002 * (place + 1), 3) for place in range(count)]
    config = configure(*rates, algorithm="hyperband", epochs=27)
    tasks, said = drive(config, tmp_path)
    assert max(Counter(map(name_fit, tasks)).values()) == 1
    assert max(task.epochs for task in tasks) == 27
    best = min(tasks, key=lambda task: score(task).metrics["val_mae"])
    assert best.epochs == 27
    assert said == [
        "  Hyperband's first rounds ask for 49 combinations, more than the space holds: its rounds "
        f"were smaller, and {len(tasks)} trial{'s' if len(tasks) > 1 else ''} in all"
    ]


def test_hyperband_with_room_enough_is_keras_tuner_s_own(tmp_path: Path) -> None:
    """Four brackets, for 27 epochs and a factor of 3: ceil(4 / (s + 1) * 3^s) trials at first."""
    config = load_config("seed", TINY, ["search.algorithm=hyperband", "search.epochs=27"])
    tasks, said = drive(config, tmp_path)
    first = Counter(task.epochs for task in tasks if task.initial_epoch == 0)
    assert first == {1: 27, 3: 12, 9: 6, 27: 4}
    assert said == []


def test_hyperband_goes_on_where_trials_failed(tmp_path: Path) -> None:
    config = load_config("seed", TINY, ["search.algorithm=hyperband", "search.epochs=27"])

    def fail_every_third(task: TrialTask) -> TrialResult:
        if int(task.trial) % 3 == 0:
            return TrialResult(task.trial, task.values, reason="diverged")
        return score(task)

    tasks, _ = drive(config, tmp_path, fail_every_third)
    continued = {task.parent for task in tasks if task.parent}
    assert not any(int(parent) % 3 == 0 for parent in continued)
    of_first_bracket = [task for task in tasks if task.initial_epoch == 9]
    assert any(task.epochs == 27 for task in of_first_bracket)


def test_hyperband_of_failed_trials_alone_ends(tmp_path: Path) -> None:
    config = load_config("seed", TINY, ["search.algorithm=hyperband", "search.epochs=9"])
    tasks, _ = drive(
        config, tmp_path, lambda task: TrialResult(task.trial, task.values, reason="diverged")
    )
    assert all(task.initial_epoch == 0 for task in tasks)


def test_finals_that_would_be_their_trials_again_are_left_out() -> None:
    config = configure(0.01, 0.02, finalists=2)
    assert count_finals(config) == 0
    assert list(tell_plan(config))[-1] == (
        "  no finals: of 4 epochs, as the trials are, they would be the same fits again"
    )
    longer = configure(0.01, 0.02, finalists=2, final_epochs=6)
    assert count_finals(longer) == 2
    assert len(list(tell_plan(longer))) == 1  # of the combinations alone
