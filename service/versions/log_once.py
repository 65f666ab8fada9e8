"""Says a problem that lasts once, not again at every look at the store."""

import logging


class LogOnce:
    """The problems that were told and are not over yet.

    Args:
        logger: Where to tell them.
    """

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._told: dict[str, str] = {}

    def tell(self, subject: str, problem: str) -> bool:
        """Log a problem unless it was told already; return whether it was logged."""
        if self._told.get(subject) == problem:
            return False
        self._told[subject] = problem
        self._logger.error("Refused %s: %s", subject, problem)
        return True

    def settle(self, subject: str) -> None:
        """Forget a problem that is over: should it come back, it is told again."""
        self._told.pop(subject, None)
