"""The report of a network that calculates."""
