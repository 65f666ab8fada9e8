"""`python -m trainer`."""

import os
import sys

if __name__ == "__main__":
    # Before TensorFlow is imported, and handed on to the workers: its start-up notes are not
    # the user's business. Warnings and errors of Python code are still shown.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # One order of sums on every processor, so that a seed gives the same metrics; these small
    # layers gain nothing from oneDNN.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    from trainer.cli import main

    sys.exit(main())
