"""`tabuada`, or `python -m tabuada`: asks a service, and sets what its networks answer side by side."""
