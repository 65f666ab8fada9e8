"""Programs that ask a service through clients which generators made from its description."""
