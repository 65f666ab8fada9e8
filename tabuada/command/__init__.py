"""`tabuada`, or `python -m tabuada`: sets what a service's networks answer side by side."""
