"""Tests of the family `arithmetic`: it learns routing from examples, and snaps what is ripe."""

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest

from tabuada.arithmetic.error_statistics import count_ulps
from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import (
    LogUniformOperands,
    Problems,
    UniformOperands,
    sample_problems,
)
from trainer.epoch import run_epochs_as_one_graph
from trainer.errors import CannotSnap
from trainer.spaces import Values
from trainer.tasks.calculation.families import FAMILIES
from trainer.tasks.calculation.families.arithmetic.snapped_unit import SnappedUnit
from trainer.tasks.calculation.families.arithmetic.snapping import SNAP_DISTANCE, snap
from trainer.tasks.calculation.families.arithmetic.unit import ArithmeticUnit
from trainer.tasks.calculation.families.examples import ProblemExamples, encode_examples

OPERATIONS = OperationSet("+-*/")
RECIPE: Values = {
    "initial_scale": 1.0,
    "schedule": "cosine",
    "learning_rate": 0.2,
    "ramp_strength": 0.2,
    "ramp_start": 0.5,
}
STEPS = 600
BATCH = 128
# What each operation is: path, then the weights of a and b on it.
TRUTH = {"+": (1, (1, 1)), "-": (1, (1, -1)), "*": (0, (1, 1)), "/": (0, (1, -1))}


@pytest.fixture(autouse=True)
def float64() -> None:
    keras.config.set_floatx("float64")


def find_encoder(problems: Problems) -> FeatureEncoder:
    return FeatureEncoder(Scaler(kind="identity"), problems.operations, "float64")


def train(
    low: float, high: float, seed: int, operations: OperationSet = OPERATIONS, steps: int = STEPS
) -> ArithmeticUnit:
    """Fit a unit to operands from one interval."""
    rng = np.random.default_rng(seed)
    op = (np.arange(steps * BATCH) % len(operations)).astype(np.int8)
    problems = UniformOperands(low, high, min(0.1, high)).sample(operations, op, rng)
    return fit(problems, seed)


def fit(problems: Problems, seed: int, epochs: int = 1, **changes: Any) -> ArithmeticUnit:
    """Fit a unit to the problems in their order; changes are to the recipe."""
    train = encode_examples(problems, find_encoder(problems))
    keras.utils.set_random_seed(seed)
    total_steps = -(-len(train) // BATCH) * epochs
    networks = FAMILIES.find("arithmetic").networks
    unit = networks.build({**RECIPE, **changes}, train, total_steps=total_steps)
    run_epochs_as_one_graph(unit, batch_size=BATCH, train=train)
    unit.fit(train.features, train.targets, batch_size=len(train), epochs=epochs, verbose=0)
    assert isinstance(unit, ArithmeticUnit)
    return unit


@pytest.fixture(scope="module")
def unit() -> ArithmeticUnit:
    keras.config.set_floatx("float64")
    return train(-10, 10, seed=0)


def answer(network: keras.Model, problems: Problems) -> Floats:
    answers: Floats = network.predict(find_encoder(problems).encode(problems), verbose=0)[:, 0]
    return answers


def draw_examples(operations: OperationSet = OPERATIONS, n: int = 400) -> ProblemExamples:
    problems = sample_problems(operations, n, UniformOperands(-10, 10), 9)
    return encode_examples(problems, find_encoder(problems))


def snap_by_examples(unit: ArithmeticUnit) -> keras.Model:
    """Snap a unit that has learned `+-*/`."""
    examples = draw_examples()
    return snap(unit, examples, examples)


def copy(unit: ArithmeticUnit, **changes: float) -> ArithmeticUnit:
    """Return another unit with the same weights; `additive_of_2=…` changes the one of a there."""
    names = ("additive", "multiplicative", "gate")
    weights = dict(zip(names, unit.get_weights(), strict=True))
    for key, value in changes.items():
        name, row = key.split("_of_")
        weights[name][int(row), 0] = value
    copied = ArithmeticUnit(len(weights["gate"]))
    copied.set_weights(list(weights.values()))
    return copied


def assert_learned(unit: ArithmeticUnit, operations: OperationSet = OPERATIONS) -> None:
    """Check that gate and weights of the path it opens are those of each operation."""
    additive, multiplicative, gates = unit.get_weights()
    for row, symbol in enumerate(operations.symbols):
        gate, weights = TRUTH[symbol]
        assert gates[row, 0] == pytest.approx(gate, abs=1e-3), symbol
        path = additive if gate else multiplicative
        np.testing.assert_allclose(path[row], weights, atol=1e-6, err_msg=symbol)


@pytest.mark.parametrize(
    ("low", "high"),
    [pytest.param(*interval, id=str(interval)) for interval in [(-1.2, -1.1), (0.1, 0.2), (-2, 2)]],
)
def test_unit_learns_every_operation_from_narrow_and_from_mixed_intervals(
    low: float, high: float
) -> None:
    assert_learned(train(low, high, seed=1))


def test_routing_follows_the_order_of_the_one_hot() -> None:
    operations = OperationSet("/+*-")
    unit = train(-10, 10, seed=2, operations=operations)
    assert_learned(unit, operations)


@pytest.mark.parametrize("seed", [18, 19])
def test_weakest_ramp_at_a_constant_rate_still_lets_every_weight_be_snapped(seed: int) -> None:
    problems = sample_problems(OPERATIONS, 6000, UniformOperands(-10, 10), seed)
    order = np.random.default_rng(seed).permutation(6000)
    recipe = {"schedule": "constant", "learning_rate": 0.39, "ramp_strength": 0.05}
    unit = fit(problems.take(order), seed, epochs=10, **recipe, ramp_start=0.6)
    assert_learned(unit)
    snap_by_examples(unit)


def test_initial_weights_are_random_and_no_two_alike() -> None:
    def draw(seed: int) -> np.ndarray:
        keras.utils.set_random_seed(seed)
        unit = ArithmeticUnit(4)
        return np.concatenate([np.ravel(weights) for weights in unit.get_weights()])

    assert len(set(draw(0))) == 20
    np.testing.assert_array_equal(draw(3), draw(3))
    assert not set(draw(3)) & set(draw(4))


def test_unit_has_twenty_weights_in_float64() -> None:
    unit = ArithmeticUnit(4)
    assert unit.count_params() == 20
    assert {weights.dtype for weights in unit.get_weights()} == {np.dtype("float64")}


def test_snapped_unit_is_right_to_the_last_float32_digit_far_outside(unit: ArithmeticUnit) -> None:
    problems = sample_problems(OPERATIONS, 40_000, LogUniformOperands(1e-6, 1e6), 1)
    network = snap_by_examples(unit)
    assert count_ulps(problems.exact(), answer(network, problems)).max() == 0
    soft = answer(unit, problems)
    assert np.median(np.abs(soft - problems.exact()) / np.abs(problems.exact())) < 1e-6


def test_zero_operands_are_exact(unit: ArithmeticUnit) -> None:
    a = np.array([0.0, 0.0, 3.5, 0.0, 0.0, -2.0, 0.0, 0.0])
    b = np.array([0.0, 3.5, 0.0, 0.0, -1.5, 0.0, 7.0, -7.0])
    problems = Problems(OPERATIONS, a, OPERATIONS.encode("+++-**//"), b)
    np.testing.assert_array_equal(answer(snap_by_examples(unit), problems), problems.exact())


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of tf2onnx, about names in NumPy
def test_closed_path_that_would_be_infinite_does_not_reach_the_answer(tmp_path: Path) -> None:
    unit = ArithmeticUnit(4)
    open_paths = [TRUTH[symbol] for symbol in "+-*/"]
    gates = np.array([[gate] for gate, _ in open_paths], float)
    right = np.array([weights for _, weights in open_paths], float)
    # On the path that is closed: a quotient for + and -, a sum for * and /.
    additive = np.where(gates == 1, right, [1.0, 1.0])
    multiplicative = np.where(gates == 1, [1.0, -1.0], right)
    unit.set_weights([additive, multiplicative, gates])
    network = snap_by_examples(unit)
    a = np.array([1e300, 1e300, 0.0, -5.0, 1e308, 1.5e308])
    b = np.array([0.0, 1e-300, 0.0, 0.0, 0.25, 4.0])
    problems = Problems(OPERATIONS, a, OPERATIONS.encode("++--*/"), b)
    np.testing.assert_array_equal(answer(network, problems), problems.exact())
    network.export(tmp_path / "model.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    features = find_encoder(problems).encode(problems)
    (answers,) = session.run(None, {session.get_inputs()[0].name: features})
    np.testing.assert_array_equal(answers[:, 0], problems.exact())


def test_learning_stops_at_rows_without_a_logarithm_but_the_rest_is_learned() -> None:
    problems = sample_problems(OPERATIONS, 4000, UniformOperands(-10, 10), 5)
    a = problems.a.copy()
    a[::40] = 0
    with_zeros = Problems(OPERATIONS, a, problems.op, problems.b)
    order = np.random.default_rng(0).permutation(4000)
    assert_learned(fit(with_zeros.take(order), seed=0, epochs=20))


@pytest.mark.parametrize(
    ("symbol", "name", "message"),
    [
        pytest.param("+", "additive", "the additive path, as .* next to no whole", id="sum"),
        pytest.param("*", "multiplicative", "the multiplicative path, .* no whole", id="product"),
        pytest.param("*", "gate", "the .*its gate is at", id="gate"),
    ],
)
@pytest.mark.parametrize("distance", [SNAP_DISTANCE * 1.01, 0.5, 3.1, -3.1, math.nan])
def test_weight_of_a_chosen_path_far_from_a_whole_number_is_refused(
    unit: ArithmeticUnit, symbol: str, name: str, message: str, distance: float
) -> None:
    unripe = copy(unit, **{f"{name}_of_{OPERATIONS.symbols.index(symbol)}": distance})
    with pytest.raises(CannotSnap, match=rf"Received: for `\{symbol}` {message}"):
        snap_by_examples(unripe)


@pytest.mark.parametrize("weight", [0.5, 1.79, 2.0, -1e8, math.nan, math.inf])
@pytest.mark.parametrize(("symbol", "name"), [("+", "multiplicative"), ("/", "additive")])
def test_weight_of_a_closed_path_does_not_matter(
    unit: ArithmeticUnit, symbol: str, name: str, weight: float
) -> None:
    changed = copy(unit, **{f"{name}_of_{OPERATIONS.symbols.index(symbol)}": weight})
    problems = sample_problems(OPERATIONS, 400, LogUniformOperands(1e-6, 1e6), 1)
    np.testing.assert_array_equal(answer(snap_by_examples(changed), problems), problems.exact())


def test_fit_without_its_set_up_is_an_error() -> None:
    unit = ArithmeticUnit(4)
    unit.compile(optimizer="sgd", loss="mse")
    with pytest.raises(ValueError, match=r"expected prepare\(\) before fit\(\)"):
        unit.fit(np.ones((4, 6)), np.ones((4, 1)), verbose=0)


def test_ramp_brings_every_weight_to_a_whole_number_monotonically(unit: ArithmeticUnit) -> None:
    weights = np.concatenate([np.ravel(w) for w in unit.get_weights()])
    assert np.abs(weights - np.round(weights)).max() < SNAP_DISTANCE
    pulled = ArithmeticUnit(4)
    pulled.set_weights([np.full((4, 2), 0.7), np.full((4, 2), -4.1), np.full((4, 1), -1.3)])
    distances = []
    for _ in range(6):
        additive, multiplicative, gate = pulled.get_weights()
        distances.append([abs(w.flat[0]) for w in (additive - 1, multiplicative + 3, gate)])
        pulled._pull(0.5)
    for before, after in pairwise(distances):
        assert after == pytest.approx(np.array(before) / 2)


def test_saved_unit_loads_and_answers_the_same(unit: ArithmeticUnit, tmp_path: Path) -> None:
    problems = sample_problems(OPERATIONS, 400, UniformOperands(-10, 10), 3)
    for name, network in (("soft", unit), ("snapped", snap_by_examples(unit))):
        network.save(tmp_path / f"{name}.keras")
        loaded = keras.saving.load_model(tmp_path / f"{name}.keras")
        np.testing.assert_array_equal(answer(loaded, problems), answer(network, problems))


def test_unit_recalls_what_it_was_before_its_ramp(unit: ArithmeticUnit, tmp_path: Path) -> None:
    before = unit.recall_before_ramp()
    problems = sample_problems(OPERATIONS, 400, UniformOperands(-10, 10), 3)
    assert np.abs(answer(before, problems) - problems.exact()).max() < 1e-6
    distances = [  # of all weights, those of closed paths among them
        max(float(np.abs(w - np.round(w)).max()) for w in weights)
        for weights in (unit.get_weights(), before.get_weights())
    ]
    assert distances[0] < SNAP_DISTANCE < distances[1]
    unit.save(tmp_path / "unit.keras")
    loaded = keras.saving.load_model(tmp_path / "unit.keras").recall_before_ramp()
    for saved, weights in zip(before.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, saved)


def test_unit_without_a_ramp_recalls_itself() -> None:
    unit = ArithmeticUnit(4)
    recalled = unit.recall_before_ramp()
    for own, weights in zip(unit.get_weights(), recalled.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, own)


def test_powers_are_taken_a_factor_at_a_time() -> None:
    closed = [[0.0, 0.0]] * 4
    powers = [[1.0, 2.0], [1.0, -2.0], [3.0, -3.0], [0.0, 0.0]]
    layer = SnappedUnit(additive=closed, multiplicative=powers, gate=[[0.0]] * 4)
    a, b = 1e-160, 1e160  # the square of b is beyond float64, these answers are not
    features = np.column_stack([np.tile([a, b], (4, 1)), np.eye(4)])
    expected = [1e160, 0.0, 0.0, 1.0]
    np.testing.assert_allclose(np.asarray(layer(features))[:, 0], expected, rtol=1e-15)
