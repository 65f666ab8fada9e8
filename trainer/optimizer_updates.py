"""The updates of Keras' optimizers as TensorFlow's fused operations.

Keras writes an update as ten operations over every variable, each of which goes through memory
once; TensorFlow has one operation for all of it. State stays where Keras keeps it, so that what
reads, saves or sets an optimizer's variables notices nothing. The formulas are the same; sums are
rounded in another order in the last digit.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

Update = Callable[[Sequence[Any]], None]
"""Takes the gradients of a network's trainable variables, in their order, within a graph."""

_NADAM_DECAY = 0.96
_EXTRAS = (
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "weight_decay",
    "use_ema",
    "gradient_accumulation_steps",
    "loss_scale_factor",
    "amsgrad",
    "centered",
)
_ops = tf.raw_ops


def fuse_update(optimizer: keras.optimizers.Optimizer, variables: Sequence[Any]) -> Update:
    """Return what updates variables as an optimizer does.

    Args:
        optimizer: Built for the variables. One that is not known here, or that does more than
            its plain update (momentum, clipping, decay, averages), goes on as Keras has it.
        variables: Keras variables, trainable.
    """
    fuse = _FUSED.get(type(optimizer))
    if fuse is not None and _is_plain(optimizer):
        return fuse(optimizer, variables)
    return lambda gradients: optimizer.apply_gradients(zip(gradients, variables, strict=True))


def _is_plain(optimizer: Any) -> bool:
    if any(getattr(optimizer, extra, None) for extra in _EXTRAS):
        return False
    if isinstance(optimizer, keras.optimizers.Adagrad):
        # What the operation leaves out is then below the last digit.
        return bool(optimizer.epsilon <= 1e-6 * optimizer.initial_accumulator_value)
    return not getattr(optimizer, "momentum", 0.0)


def _fuse_rmsprop(optimizer: Any, variables: Sequence[Any]) -> Update:
    # The operation has a slot for momentum, which holds the last increment where there is none.
    increments = [tf.Variable(tf.zeros_like(v.value), trainable=False) for v in variables]

    def update(gradients: Sequence[Any]) -> None:
        rate, rho, momentum, epsilon = _convert(
            gradients, optimizer.learning_rate, optimizer.rho, 0.0, optimizer.epsilon
        )
        slots = zip(variables, optimizer._velocities, increments, gradients, strict=True)
        for variable, velocity, increment, gradient in slots:
            _ops.ResourceApplyRMSProp(
                var=variable.value.handle,
                ms=velocity.value.handle,
                mom=increment.handle,
                lr=rate,
                rho=rho,
                momentum=momentum,
                epsilon=epsilon,
                grad=gradient,
            )
        optimizer.iterations.assign_add(1)

    return update


def _fuse_adagrad(optimizer: Any, variables: Sequence[Any]) -> Update:
    def update(gradients: Sequence[Any]) -> None:
        # Keras adds epsilon, within the root.
        rate, epsilon = _convert(gradients, optimizer.learning_rate, 0.0)
        slots = zip(variables, optimizer._accumulators, gradients, strict=True)
        for variable, accumulator, gradient in slots:
            _ops.ResourceApplyAdagradV2(
                var=variable.value.handle,
                accum=accumulator.value.handle,
                lr=rate,
                epsilon=epsilon,
                grad=gradient,
            )
        optimizer.iterations.assign_add(1)

    return update


def _fuse_adam(optimizer: Any, variables: Sequence[Any]) -> Update:
    def update(gradients: Sequence[Any]) -> None:
        rate, beta_1, beta_2, epsilon, step = _convert(
            gradients,
            optimizer.learning_rate,
            optimizer.beta_1,
            optimizer.beta_2,
            optimizer.epsilon,
            optimizer.iterations.value + 1,
        )
        settings = {
            "beta1_power": tf.pow(beta_1, step),
            "beta2_power": tf.pow(beta_2, step),
            "lr": rate,
            "beta1": beta_1,
            "beta2": beta_2,
            "epsilon": epsilon,
        }
        for variable, moments, gradient in _pair(optimizer, variables, gradients):
            _ops.ResourceApplyAdam(var=variable.handle, **moments, **settings, grad=gradient)
        optimizer.iterations.assign_add(1)

    return update


def _fuse_nadam(optimizer: Any, variables: Sequence[Any]) -> Update:
    """Return Nadam's update: Adam's with the momentum of the next step, and a part of its own.

    T. Dozat, "Incorporating Nesterov Momentum into Adam" (2016), with Keras' schedule of the
    momentum.
    """

    def update(gradients: Sequence[Any]) -> None:
        rate, beta_1, beta_2, epsilon, step, product, decay, none = _convert(
            gradients,
            optimizer.learning_rate,
            optimizer.beta_1,
            optimizer.beta_2,
            optimizer.epsilon,
            optimizer.iterations.value + 1,
            optimizer._u_product.value,
            _NADAM_DECAY,
            0.0,
        )
        now = beta_1 * (1.0 - 0.5 * tf.pow(decay, step))
        then = beta_1 * (1.0 - 0.5 * tf.pow(decay, step + 1))
        product = product * now
        optimizer._u_product.assign(product)
        # The correction of the second moment goes into the rate and epsilon.
        root = tf.sqrt(1.0 - tf.pow(beta_2, step))
        rate, epsilon = rate * root, epsilon * root
        own = rate * (1.0 - now) / (1.0 - product)
        settings = {
            "beta1_power": none,
            "beta2_power": none,
            "lr": rate * then / (1.0 - product * then),
            "beta1": beta_1,
            "beta2": beta_2,
            "epsilon": epsilon,
        }
        for variable, moments, gradient in _pair(optimizer, variables, gradients):
            _ops.ResourceApplyAdam(var=variable.handle, **moments, **settings, grad=gradient)
            velocity = _ops.ReadVariableOp(resource=moments["v"], dtype=gradient.dtype)
            variable.assign_sub(own * gradient / (tf.sqrt(velocity) + epsilon))
        optimizer.iterations.assign_add(1)

    return update


def _convert(gradients: Sequence[Any], *numbers: Any) -> list[Any]:
    """Return numbers as scalars of the gradients' dtype, once for all variables."""
    dtype = gradients[0].dtype
    return [
        tf.constant(number, dtype) if isinstance(number, float) else tf.cast(number, dtype)
        for number in numbers
    ]


def _pair(
    optimizer: Any, variables: Sequence[Any], gradients: Sequence[Any]
) -> Iterator[tuple[Any, dict[str, Any], Any]]:
    """Yield each variable with its moments, as Adam's operation takes them, and its gradient."""
    slots = zip(optimizer._momentums, optimizer._velocities, strict=True)
    for variable, (m, v), gradient in zip(variables, slots, gradients, strict=True):
        yield variable.value, {"m": m.value.handle, "v": v.value.handle}, gradient


_FUSED: dict[type, Callable[[Any, Sequence[Any]], Update]] = {
    keras.optimizers.RMSprop: _fuse_rmsprop,
    keras.optimizers.Adagrad: _fuse_adagrad,
    keras.optimizers.Adam: _fuse_adam,
    keras.optimizers.Nadam: _fuse_nadam,
}
