"""Runs the rows of several requests as one batch. Knows nothing of HTTP."""
