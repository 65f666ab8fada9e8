"""This service beside the servers that people would pick instead, each driven by `wrk`."""
