"""The task `calculation`: problems in, their values out."""

from trainer.tasks.calculation.config import CalculationConfig

CONFIG = CalculationConfig
