"""The online half: loads published versions and answers `/predict` and `/evaluate` with them.

Imports `tabuada`, never `trainer`, and TensorFlow only where the TensorFlow runtime is chosen.
"""
