"""Which versions are loaded, and which one answers. Knows nothing of HTTP."""
