"""Tests of epochs as one graph: `fit` reports and learns what a plain one does."""

from dataclasses import dataclass
from itertools import pairwise

import keras
import numpy as np
import pytest

from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands, sample_problems
from trainer.epoch import run_epochs_as_one_graph, stream_epochs
from trainer.tasks.calculation.families.examples import ProblemExamples, encode_examples

OPERATIONS = OperationSet("+-*/")
BATCH = 32
EPOCHS = 4
METRICS = ("loss", "mae", "val_loss", "val_mae")


def draw(n: int, seed: int) -> ProblemExamples:
    encoder = FeatureEncoder(Scaler(kind="standard", scale=(5.8, 5.8)), OPERATIONS)
    return encode_examples(sample_problems(OPERATIONS, n, UniformOperands(-10, 10), seed), encoder)


@pytest.fixture(scope="module")
def train() -> ProblemExamples:
    return draw(250, 1)  # seven whole batches and a rest


@pytest.fixture(scope="module")
def validation() -> ProblemExamples:
    return draw(100, 2)


def build() -> keras.Model:
    keras.backend.clear_session()
    keras.config.set_floatx("float32")
    keras.utils.set_random_seed(7)
    network = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, "relu")])
    network.add(keras.layers.Dense(1))
    network.compile(optimizer=keras.optimizers.Nadam(0.01), loss="mse", metrics=["mae"])
    return network


@dataclass(frozen=True)
class PlainFit:
    """What a plain fit of the first problems reported and learned."""

    part: ProblemExamples
    history: dict[str, list[float]]
    weights: list[np.ndarray]


@pytest.fixture(scope="module", params=[250, 224], ids=["with a rest", "whole batches"])
def plain(
    request: pytest.FixtureRequest, train: ProblemExamples, validation: ProblemExamples
) -> PlainFit:
    first = slice(request.param)
    part = ProblemExamples(train.features[first], train.targets[first], train.problems.take(first))
    network = build()
    history = network.fit(
        part.features,
        part.targets,
        validation_data=(validation.features, validation.targets),
        batch_size=BATCH,
        epochs=EPOCHS,
        verbose=0,
    ).history
    return PlainFit(part, history, network.get_weights())


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "XLA"])
def test_epoch_as_one_graph_reports_and_learns_what_plain_fit_does(
    plain: PlainFit, validation: ProblemExamples, jit_compile: bool
) -> None:
    part, expected = plain.part, plain.history
    network = build()
    run_epochs_as_one_graph(
        network,
        batch_size=BATCH,
        train=part,
        validation=validation,
        jit_compile=jit_compile,
    )
    epochs = stream_epochs(part, reshuffle=False)
    history = network.fit(
        epochs, steps_per_epoch=1, shuffle=False, epochs=EPOCHS, verbose=0
    ).history
    for metric in METRICS:
        np.testing.assert_allclose(history[metric], expected[metric], rtol=1e-4, err_msg=metric)
    for weights, others in zip(network.get_weights(), plain.weights, strict=True):
        np.testing.assert_allclose(weights, others, rtol=1e-3, atol=1e-4)
    assert history["loss"][-1] < history["loss"][0]


def test_fit_reports_no_validation_without_problems_for_it(train: ProblemExamples) -> None:
    network = build()
    run_epochs_as_one_graph(network, batch_size=BATCH, train=train)
    epochs = stream_epochs(train, reshuffle=True)
    history = network.fit(epochs, steps_per_epoch=1, shuffle=False, verbose=0).history
    assert set(history) == {"loss", "mae"}


@pytest.mark.parametrize("reshuffle", [False, True])
def test_stream_gives_every_problem_once_an_epoch(train: ProblemExamples, reshuffle: bool) -> None:
    keras.utils.set_random_seed(3)
    orders = []
    for features, targets in stream_epochs(train, reshuffle=reshuffle).take(5):
        np.testing.assert_array_equal(np.sort(features[:, 0]), np.sort(train.features[:, 0]))
        np.testing.assert_array_equal(np.sort(targets[:, 0]), np.sort(train.targets[:, 0]))
        orders.append(targets.numpy().tolist())
    assert orders[0] != train.targets.tolist()
    assert all((before != after) == reshuffle for before, after in pairwise(orders))


def test_same_seed_gives_the_same_orders(train: ProblemExamples) -> None:
    def draw_orders(seed: int) -> list[list[float]]:
        keras.utils.set_random_seed(seed)
        epochs = stream_epochs(train, reshuffle=True).take(3)
        return [targets.numpy().tolist() for _, targets in epochs]

    assert draw_orders(5) == draw_orders(5)
    assert draw_orders(5) != draw_orders(6)
