"""The environment that TensorFlow reads when it is imported."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


def prepare_environment() -> None:
    """Set what a process that trains needs, before it imports TensorFlow.

    What the user has set stays.
    """
    # Its start-up notes are not the user's business. Warnings and errors of Python code are
    # still shown.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # One order of sums on every processor, so that a seed gives the same metrics; these small
    # layers gain nothing from oneDNN.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    # ONNX Runtime tells its maker of its use, unless it is told not to before it is loaded.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


@contextmanager
def importing() -> Iterator[None]:
    """Hold the garbage collector back while modules are imported, which leave none.

    TensorFlow makes a million objects; to look through them again and again took a tenth of that
    time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
