"""From problems to answers. Knows nothing of HTTP."""
