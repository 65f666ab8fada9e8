"""What the stages of a run need to know of a family of networks."""

from typing import Literal, Protocol

import keras

from tabuada.features import Features
from trainer.spaces import Values


class Family(Protocol):
    """A family of networks.

    Attributes:
        form: What the published network is called beside others.
        scaler: How the operands are scaled: `standard` or `identity`.
        dtype: Of the network's input, weights and output.
        keeps: Which epoch of a fit is kept: the one of least val_loss, or the last.
        compared: Hyperparameters by which a report compares trials.
    """

    form: str
    scaler: Literal["standard", "identity"]
    dtype: Literal["float32", "float64"]
    keeps: Literal["best", "last"]
    compared: tuple[str, ...]

    def build(
        self, values: Values, features: Features, *, batch_size: int, total_steps: int
    ) -> keras.Model:
        """Build a network; Keras' global seed decides its initial weights.

        Hand its `fit` batches that hold the whole training part: see `trainer.epoch`.

        Args:
            values: Hyperparameters, those of the family's space.
            features: Of the training part.
            batch_size: Problems a step.
            total_steps: Optimizer steps of the whole fit, over which schedules run.

        Returns:
            A compiled model, (batch, features) -> (batch, 1), with MSE loss and MAE metric.
        """

    def finish(self, network: keras.Model) -> keras.Model:
        """Return the network to publish, from a fitted one.

        Raises:
            CannotSnap: The fitted one is not what this family publishes.
        """
