"""Tells once what is wrong in a store, and costs nothing there but itself."""

from collections.abc import Mapping

from service.versions.log_once import LogOnce
from service.versions.store_reader import Listing


class StoreFindings:
    """What was found wrong at the last look.

    Args:
        log_once: Where to tell it.
    """

    def __init__(self, log_once: LogOnce) -> None:
        self._log_once = log_once
        self._told: set[str] = set()
        self._strays: dict[str, str] = {}
        self.problems: dict[str, str] = {}

    def note(self, found: Mapping[str, Listing], problems: Mapping[str, str]) -> None:
        """Tell what is wrong now and was not told, and forget what is over.

        Args:
            found: What can be read, by model.
            problems: Why other models cannot be.
        """
        unmet = {model: listing.explain_default(model) for model, listing in found.items()}
        self.problems = {**problems, **{model: text for model, text in unmet.items() if text}}
        wrong = {**self.problems, **self._find_strays(found)}
        for model, listing in found.items():
            for label, text in listing.broken.items():
                if text != self.problems.get(model):  # told already, as what keeps the default away
                    wrong[f"the label {label} of {model}"] = text
        for subject, problem in wrong.items():
            self._log_once.tell(subject, problem)
        for subject in self._told - wrong.keys():
            self._log_once.settle(subject)
        self._told = set(wrong)

    def _find_strays(self, found: Mapping[str, Listing]) -> dict[str, str]:
        """Return what lay there at two looks: a copy in progress has no manifest at first."""
        strays = {model: listing.explain_strays(model) for model, listing in found.items()}
        before, self._strays = self._strays, {m: text for m, text in strays.items() if text}
        return {
            f"what lies beside the versions of {model}": text
            for model, text in self._strays.items()
            if before.get(model) == text
        }
