"""The task `calculation`: problems in, their values out."""

from trainer.tasks.calculation.config import CalculationConfig as CONFIG  # noqa: N814

__all__ = ["CONFIG"]
