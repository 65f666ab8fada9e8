"""What the stages of a run need to know of a family of networks."""

from typing import Literal, Protocol

import keras

from trainer.examples import Examples
from trainer.spaces import Values


class Family(Protocol):
    """A family of networks.

    Attributes:
        form: What the published network is called beside others.
        scaler: How the operands are scaled: `standard` or `identity`.
        dtype: Of the network's input, weights and output.
        keeps: Which epoch of a fit is kept: the best by what the fit monitors, or the last.
        compared: Hyperparameters by which a report compares trials.
        answers_by: Whether its networks come near the right answers, or compute them.
    """

    form: str
    scaler: Literal["standard", "identity"]
    dtype: Literal["float32", "float64"]
    keeps: Literal["best", "last"]
    compared: tuple[str, ...]
    answers_by: Literal["approximation", "computation"]

    def build(self, values: Values, train: Examples, *, total_steps: int) -> keras.Model:
        """Build a network; Keras' global seed decides its initial weights.

        Args:
            values: Hyperparameters, those of the family's space.
            train: The training part, for what a network takes from it before it learns.
            total_steps: Optimizer steps of the whole fit, over which schedules run.

        Returns:
            A compiled model, (batch, features) -> (batch, 1), with the metric MAE.
        """

    def finish(self, network: keras.Model) -> keras.Model:
        """Return the network to publish, from a fitted one.

        Raises:
            CannotSnap: The fitted one is not what this family publishes.
        """
