"""The report of a version: one HTML file that opens from disk, without a network."""

from trainer.results.report.composing import write_report
from trainer.results.report.record import Record, read_record

__all__ = ["Record", "read_record", "write_report"]
