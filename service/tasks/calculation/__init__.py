"""The task `calculation`: problems in, their values out."""
