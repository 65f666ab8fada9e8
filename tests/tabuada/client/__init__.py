"""The client against the real service, and against what may stand in front of it."""
