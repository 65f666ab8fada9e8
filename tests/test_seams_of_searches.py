"""The parts of Keras Tuner that searches lean on; see `test_seams.py`."""

from typing import Any

import pytest

from tests.test_seams import check, of_keras_tuner, settings

__all__ = ["settings"]  # a fixture

# TensorFlow is set up once a process, before its first computation: as the trainer has it.
pytestmark = pytest.mark.usefixtures("one_thread")


@of_keras_tuner
def test_keras_tuner_still_draws_what_was_not_tried_so_many_times(settings: dict[str, Any]) -> None:
    import keras_tuner  # noqa: PLC0415

    space = keras_tuner.HyperParameters()
    space.Choice("x", [1, 2])
    oracle = keras_tuner.oracles.RandomSearchOracle(
        max_trials=3, **settings | {"hyperparameters": space}
    )
    oracle.save = oracle._save_trial = lambda *_: None
    what = "draws of what was tried, after which a space is taken for exhausted"
    check("keras_tuner: Oracle._max_collisions", oracle._max_collisions == 20, what)
    for _ in range(2):
        tried = oracle.create_trial(f"worker-{len(oracle.trials)}").hyperparameters.values
        check("keras_tuner: Oracle._duplicate", oracle._duplicate(tried), "tells what was tried")
    check("keras_tuner: Oracle._random_values", oracle._random_values() is None, "None at the end")


@of_keras_tuner
def test_keras_tuner_still_draws_the_first_trials_of_a_bayesian_search(
    settings: dict[str, Any],
) -> None:
    import keras_tuner  # noqa: PLC0415

    oracle = keras_tuner.oracles.BayesianOptimizationOracle(max_trials=3, **settings)
    drawn = oracle._random_populate_space()
    known = drawn["status"] == "RUNNING" and set(drawn["values"]) == {"x"}
    what = "a combination that was not tried"
    check("keras_tuner: BayesianOptimizationOracle._random_populate_space", known, what)


@of_keras_tuner
def test_keras_tuner_still_keeps_rounds_of_hyperband_as_they_were(settings: dict[str, Any]) -> None:
    import keras_tuner  # noqa: PLC0415

    oracle = keras_tuner.oracles.HyperbandOracle(max_epochs=9, factor=3, **settings)
    oracle.save = oracle._save_trial = lambda *_: None
    oracle.verbose = 0
    trial = oracle.create_trial("worker")
    (bracket,) = oracle._brackets
    first = [{"past_id": None, "id": trial.trial_id}]
    kept = bracket == {"bracket_num": 2, "rounds": [first, [], []]}
    check("keras_tuner: HyperbandOracle._brackets", kept, "the rounds of a bracket")
    sizes = [oracle._get_size(2, number) for number in range(3)]
    check("keras_tuner: HyperbandOracle._get_size", sizes == [9, 3, 1], "trials a round")
    epochs = [oracle._get_epochs(2, number) for number in range(3)]
    check("keras_tuner: HyperbandOracle._get_epochs", epochs == [1, 3, 9], "epochs a round")
    check("keras_tuner: HyperbandOracle._get_num_brackets", oracle._get_num_brackets() == 3, "")
    asked: list[Any] = []

    def note(*given: Any) -> dict[str, str]:
        asked.append(given)
        return {"status": "STOPPED"}

    oracle._random_trial = note
    oracle.create_trial("another")
    handed = [given for _, given in asked] == [bracket]
    check("keras_tuner: HyperbandOracle._random_trial", handed, "asked to fill a first round")
