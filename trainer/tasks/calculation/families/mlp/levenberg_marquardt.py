"""Levenberg-Marquardt: the optimizer of small networks that are fitted by least squares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

_DAMPING = 0.01
_FALL, _RISE = 1 / 3, 4.0
"""What the damping is multiplied by after a step that was taken, and after one that was not."""
_LEAST, _GREATEST = 1e-15, 1e12
_TRIES = 12
"""Steps that are tried for one system; the damping has grown 17 million times by then."""
_PROBE = 0.1
"""How far along a step its curvature is measured."""
_BEND = 0.375
"""Greatest length of the correction of a step, as a share of the step's own."""
_STRIPES = 4


@dataclass(frozen=True)
class System:
    """What a step has to solve: some parameters, and the problems that they answer.

    Attributes:
        variables: The parameters, in the order of the Jacobian's columns.
        jacobian: J, the derivatives of errors by parameters, shape (n, parameters), float64.
        errors: r, shape (n, 1), float64.
        loss: Of the parameters as they are; the mean of the squared errors, or one that they
            stand in for.
        measure: Returns errors and loss of the parameters as they are when it is called.
    """

    variables: list[keras.Variable]
    jacobian: Any
    errors: Any
    loss: Any
    measure: Callable[[], tuple[Any, Any]]


@keras.saving.register_keras_serializable("tabuada")
class LevenbergMarquardt(keras.optimizers.Optimizer):  # type: ignore[misc]  # Keras has no types
    """Gauss-Newton steps, damped as far as they would not lessen the loss.

    A step s solves (J'J / n + damping) s = -J'r / n. A small damping makes it one of Gauss and
    Newton, which lands in the minimum of a quadratic bowl however narrow it is; a large one makes
    it a short step down the gradient. It is then bent along the valley that it goes down, by half
    the second derivative of the errors in its direction: a seventh of the error after as many
    steps. A step that lessens the loss is taken and the damping falls; one that does not, or that
    would have to be bent too far, is taken back and the damping rises.

    Sources: Levenberg (1944) and Marquardt (1963); Hagan and Menhaj (1994) for networks; Transtrum
    and Sethna (2012), "Improvements to the Levenberg-Marquardt algorithm", for the bend; Michaud,
    Liu and Tegmark (2023), "Precision machine learning", for how much further than gradients second
    order leads small smooth networks.

    It takes no gradients: whoever knows the systems calls `descend`. All of its state are
    variables, which a checkpoint of an optimizer holds: a damping for each system, and the count
    of steps. Nothing in it is random.

    Args:
        systems: How many there are, each with parameters and problems of its own.
        name: Of the optimizer.
        options: Others of any optimizer. The learning rate has no say.
    """

    def __init__(self, systems: int = 1, name: str = "levenberg_marquardt", **options: Any) -> None:
        super().__init__(**({"learning_rate": 1.0} | options), name=name)
        self._systems = systems

    def build(self, variables: list[keras.Variable]) -> None:
        """Create the state."""
        if self.built:
            return
        super().build(variables)
        self.damping = self.add_variable(
            (self._systems,),
            initializer=keras.initializers.Constant(_DAMPING),
            dtype="float64",
            name="damping",
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "systems": self._systems}

    def descend(self, systems: list[System]) -> None:
        """Take, for each system, the first step that lessens its loss; none where all fail."""
        dampings = [
            _descend(system, self.damping.value[place]) for place, system in enumerate(systems)
        ]
        self.damping.assign(tf.stack(dampings))
        self.iterations.assign_add(1)


def _descend(system: System, damping: Any) -> Any:
    """Take a step of one system; return the damping for its next."""
    jacobian, errors = system.jacobian, system.errors
    before = [tf.identity(variable.value) for variable in system.variables]
    share = 1 / tf.cast(tf.shape(jacobian)[0], jacobian.dtype)
    curvature = share * _multiply_by_itself(jacobian)
    diagonal = tf.linalg.diag_part(curvature)

    def solve(factor: Any, residuals: Any) -> Any:
        slope = share * tf.matmul(jacobian, residuals, transpose_a=True)
        return -tf.linalg.cholesky_solve(factor, slope)

    def try_step(tries: Any, damping: Any, _: Any) -> tuple[Any, Any, Any]:
        # Where rounding leaves no factor it is of NaN, and so is all that follows.
        factor = tf.linalg.cholesky(tf.linalg.set_diag(curvature, diagonal + damping))
        step = solve(factor, errors)
        _move(system.variables, before, _PROBE * step)
        probed, _ = system.measure()
        bend = 2 / _PROBE * ((probed - errors) / _PROBE - jacobian @ step)
        correction = solve(factor, bend) / 2
        _move(system.variables, before, step + correction)
        _, loss = system.measure()
        # No comparison with NaN holds.
        better = (loss < system.loss) & (tf.norm(correction) <= _BEND * tf.norm(step))
        damping *= tf.where(better, tf.cast(_FALL, damping.dtype), _RISE)
        return tries + 1, tf.clip_by_value(damping, _LEAST, _GREATEST), better

    _, damping, better = tf.while_loop(
        lambda tries, _, better: tf.logical_and(tries < _TRIES, tf.logical_not(better)),
        try_step,
        (0, damping, False),
    )
    for variable, value in zip(system.variables, before, strict=True):
        variable.assign(tf.where(better, variable.value, value))
    return damping


def _move(variables: list[keras.Variable], before: list[Any], step: Any) -> None:
    """Set parameters to what they were and a step of shape (parameters, 1)."""
    sizes = [value.shape.num_elements() for value in before]
    parts = tf.split(step[:, 0], sizes)
    for variable, value, part in zip(variables, before, parts, strict=True):
        variable.assign(value + tf.reshape(part, value.shape))


def _multiply_by_itself(matrix: Any) -> Any:
    """Return matrix' @ matrix, without most of what is above the diagonal.

    Cholesky's decomposition does not look there, and it is half of the arithmetic.
    """
    columns = matrix.shape[1]
    ends = [columns * (stripe + 1) // _STRIPES for stripe in range(_STRIPES)]
    stripes = []
    for start, end in zip([0, *ends], ends, strict=False):
        stripe = tf.matmul(matrix[:, start:end], matrix[:, :end], transpose_a=True)
        stripes.append(tf.pad(stripe, [[0, 0], [0, columns - end]]))
    return tf.concat(stripes, 0)
