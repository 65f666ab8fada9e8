"""The report of a version: one HTML file that opens from disk, without a network."""
