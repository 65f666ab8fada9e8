"""The process: the port, connections, signals and workers. Knows nothing of models."""
