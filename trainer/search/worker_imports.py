"""What every local worker needs; the server that forks them imports it once."""

import atexit
import os

from trainer.environment import importing

with importing():
    import sklearn.model_selection
    import sklearn.preprocessing  # noqa: F401 -- for the data set

    import trainer.fitting  # noqa: F401

# The server ends with the driver, at once: to take TensorFlow apart would take seconds.
atexit.register(os._exit, 0)
