"""A task for tests alone: is the sum of two numbers negative or not?

It differs from `calculation` wherever a task may: classes in place of values, another loss, a
metric of which more is better, no scaler, a probe and metrics of its own.
"""

from tests.trainer.signs.config import SignsConfig

CONFIG = SignsConfig
