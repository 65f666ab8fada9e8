"""Tests of fused updates: what Keras' optimizers do, in the variables in which they do it."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.optimizer_updates import fuse_update

pytestmark = pytest.mark.usefixtures("one_thread")

Create = Callable[[], keras.optimizers.Optimizer]


def update(create: Create, *, fused: bool) -> list[Any]:
    """Return variables and an optimizer's after three updates."""
    rng = np.random.default_rng(4)
    shapes = ((5, 3), (3,))
    variables = [keras.Variable(rng.normal(size=shape), dtype="float32") for shape in shapes]
    optimizer = create()
    optimizer.build(variables)
    apply = fuse_update(optimizer, variables)
    for _ in range(3):
        gradients = [tf.constant(rng.normal(size=shape), tf.float32) for shape in shapes]
        if fused:
            apply(gradients)
        else:
            optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return [np.asarray(variable) for variable in (*variables, *optimizer.variables)]


@pytest.mark.parametrize(
    "create",
    [
        lambda: keras.optimizers.RMSprop(0.05),
        lambda: keras.optimizers.RMSprop(0.05, momentum=0.5),
        lambda: keras.optimizers.RMSprop(0.05, centered=True),
        lambda: keras.optimizers.Adagrad(0.05),
        lambda: keras.optimizers.Adagrad(0.05, initial_accumulator_value=0.0, epsilon=0.1),
        lambda: keras.optimizers.Adagrad(0.05, epsilon=0.1),
        lambda: keras.optimizers.Adam(0.05),
        lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.05, 3)),
        lambda: keras.optimizers.Adam(0.05, amsgrad=True),
        lambda: keras.optimizers.Adam(0.05, clipnorm=0.1),
        lambda: keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.5),
        lambda: keras.optimizers.AdamW(0.05, weight_decay=0.1),
        lambda: keras.optimizers.Nadam(0.05),
        lambda: keras.optimizers.SGD(0.05, momentum=0.5),
    ],
)
def test_fused_update_does_what_keras_does(create: Create) -> None:
    for found, expected in zip(
        update(create, fused=True), update(create, fused=False), strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)
