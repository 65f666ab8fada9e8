"""Benchmarks of the neural arithmetic unit against published tables."""
