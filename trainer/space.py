"""The search space, declared to Keras Tuner."""

from keras_tuner import HyperParameters

from trainer.config import Range, SpaceConfig


def declare_space(config: SpaceConfig) -> HyperParameters:
    """Return the space as Keras Tuner's hyperparameters, in the order of the configuration."""
    space = HyperParameters()
    for name, entry in config:
        if isinstance(entry, Range):
            space.Float(name, min_value=entry.min, max_value=entry.max, sampling=entry.sampling)
        else:
            space.Choice(name, values=list(entry), ordered=False)
    return space
