"""The parts of Keras' optimizers that nobody promises, and that we lean on; see test_seams."""

import keras
import pytest

from tests.test_seams import check

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(
    ("optimizer", "part"),
    [
        ("RMSprop", "_velocities"),
        ("Adagrad", "_accumulators"),
        ("Nadam", "_momentums"),
        ("Nadam", "_velocities"),
    ],
)
def test_keras_optimizers_still_keep_a_slot_for_each_variable(optimizer: str, part: str) -> None:
    variables = [keras.Variable([1.0]), keras.Variable([[2.0, 3.0]])]
    built = getattr(keras.optimizers, optimizer)()
    built.build(variables)
    shapes = [tuple(slot.shape) for slot in getattr(built, part, [])]
    check(f"keras: {optimizer}.{part}", shapes == [(1,), (1, 2)], "what an update reads and sets")
    if optimizer == "Nadam":
        product = getattr(built, "_u_product", None)
        known = product is not None and float(product) == 1.0
        check("keras: Nadam._u_product", known, "the product of all momentums so far")
