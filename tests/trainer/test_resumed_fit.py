"""Tests of a fit that was interrupted: it ends as if nothing had happened."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.trainer.conftest import ENVIRONMENT, trainer_command
from tests.trainer.finished_runs import BINARY, Damage
from tests.trainer.interrupting import (
    fit,
    list_options,
    prepare_run,
    read_curves,
    read_variables,
)
from trainer.errors import RunDamaged
from trainer.fit_keeper import list_variables
from trainer.fitting import fit_network
from trainer.run_files import read_history, read_ranking
from trainer.tasks import find_task

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
    "least squares": (  # whose damping is a variable of the optimizer's
        ["fit.epochs=10"],
        {"optimizer": "levenberg_marquardt", "l2_reg": 0.0, "activation": "tanh"},
    ),
    "compiled": (["fit.epochs=8", "fit.jit_compile=true"], {"dropout_rate": 0.2}),
}


@pytest.mark.parametrize(
    "case",
    [
        "plateau, dropout",
        "cosine, one order",
        "least squares",
        pytest.param("compiled", marks=pytest.mark.slow),  # XLA takes its time, at each attempt
    ],
)
def test_interrupted_fit_ends_as_if_nothing_had_happened(case: str, tmp_path: Path) -> None:
    overrides, values = CASES[case]
    with prepare_run(tmp_path / "whole", *overrides, **values) as whole:
        once = fit(whole).epochs[0]
        middle = len(once) // 2
        with prepare_run(tmp_path / "parts", *overrides, **values) as parts:
            attempts = fit(parts, middle, len(once)).epochs
            assert [attempt[0] for attempt in attempts] == [1, middle, len(once)]
            assert attempts[-1][-1] == once[-1]
            assert read_history(parts) == read_history(whole)
            for resumed, others in zip(read_variables(parts), read_variables(whole), strict=True):
                np.testing.assert_array_equal(resumed, others)
            assert read_curves(parts) == read_curves(whole)
            assert not parts.checkpoints.exists()


@pytest.mark.parametrize("damage", [BINARY["half"], BINARY["one bit"]], ids=["half", "one bit"])
def test_damaged_checkpoint_costs_the_epochs_since_the_one_before(
    damage: Damage, tmp_path: Path
) -> None:
    with prepare_run(tmp_path / "whole") as whole, prepare_run(tmp_path / "parts") as parts:
        fit(whole)
        fit(parts, 4, then=())
        damage(parts.checkpoints / "epoch-3.checkpoint")
        progress = fit(parts)
        assert progress.epochs == [[3, 4]]
        assert "epoch-3.checkpoint is of no use, and removed" in progress.said.getvalue()
        assert "goes on after epoch 2" in progress.said.getvalue()
        assert read_history(parts) == read_history(whole)


def test_variables_are_those_of_the_random_generators_and_of_the_optimizer_too() -> None:
    class Damped(keras.optimizers.Adam):  # type: ignore[misc]  # Keras has no types
        def __init__(self) -> None:
            super().__init__()
            self.damping = tf.Variable(0.5)

    def describe() -> list[tuple[int, ...]]:
        network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        network.add(keras.layers.Dropout(0.5))
        network.compile(optimizer=Damped(), loss="mse")
        network.optimizer.build(network.trainable_variables)
        return [tuple(variable.shape) for variable in list_variables(network)]

    moments = [(3, 2), (3, 2), (2,), (2,)]
    assert describe() == [(3, 2), (2,), (2,), (), (), *moments, ()]
    assert describe() == describe()


def test_weights_that_cannot_be_read_are_named_with_what_to_do(tmp_path: Path) -> None:
    weights = tmp_path / "search" / "weights" / "trial-0.weights.h5"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"torn")
    with (
        prepare_run(tmp_path / "runs") as run,
        pytest.raises(RunDamaged, match=r"Remove the folder .*search to do the search again"),
    ):
        fit_network(
            read_ranking(run)[0].values,
            find_task(run.config.task).build_dataset(run.config),
            run.config,
            epochs=1,
            logs=tmp_path / "logs",
            initial_weights=weights,
        )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "SIGTERM"])
def test_killed_fit_goes_on_from_its_last_checkpoint(
    number: signal.Signals, tmp_path: Path
) -> None:
    overrides = ["fit.epochs=3000", "fit.patience=3000"]
    values = {"dropout_rate": 0.1, "optimizer": "nadam"}
    with prepare_run(tmp_path / "parts", *overrides, **values) as parts:
        options = list_options(parts, *overrides, **values)
    process = subprocess.Popen(
        trainer_command("fit", *options),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    deadline = time.monotonic() + 300
    while not list(parts.checkpoints.glob("epoch-*")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    with prepare_run(tmp_path / "whole", *overrides, **values) as whole:
        fit(whole, interval_s=60)
        with prepare_run(tmp_path / "parts", *overrides, **values) as parts:
            (resumed,) = fit(parts, interval_s=60).epochs
            assert 1 < resumed[0] <= resumed[-1] == 3000
            assert read_history(parts) == read_history(whole)
            for ours, theirs in zip(read_variables(parts), read_variables(whole), strict=True):
                np.testing.assert_array_equal(ours, theirs)
            assert read_curves(parts) == read_curves(whole)
