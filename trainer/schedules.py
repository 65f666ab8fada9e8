"""How the learning rate goes over a fit; any family may search among these."""

from typing import Literal

import keras

from trainer.spaces import Values

_PLATEAU_FACTOR = 0.5
_PLATEAU_SHARE = 0.04  # of the epochs, without a better one, before the rate falls


def choose_learning_rate(
    values: Values, total_steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Return what an optimizer takes for its learning rate.

    Args:
        values: Hyperparameters, `learning_rate` and `schedule` among them: `constant`,
            `cosine` down to 0 over the fit, or `plateau`, whose falls `watch_plateau` brings.
        total_steps: Optimizer steps of the whole fit.
    """
    rate = float(values["learning_rate"])
    if values["schedule"] == "cosine":
        return keras.optimizers.schedules.CosineDecay(rate, total_steps)
    return rate


def watch_plateau(
    values: Values, monitor: str, epochs: int, mode: Literal["min", "max"] = "min"
) -> list[keras.callbacks.Callback]:
    """Return the callbacks that a schedule needs: one for `plateau`, none for the others.

    Args:
        values: Hyperparameters.
        monitor: Metric by which an epoch is better than another.
        epochs: Of the whole fit; the patience is a share of them.
        mode: Whether lesser or greater values of the metric are better.
    """
    if values.get("schedule") != "plateau":
        return []
    patience = max(1, round(epochs * _PLATEAU_SHARE))
    return [
        keras.callbacks.ReduceLROnPlateau(
            monitor, factor=_PLATEAU_FACTOR, patience=patience, mode=mode
        )
    ]
