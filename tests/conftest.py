"""Settings for all tests."""

import os

# As `python -m trainer` sets them, before anything imports TensorFlow: the same sums in the
# same order, and no start-up notes among the results.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
