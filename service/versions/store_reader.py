"""What lies in a store at one moment, as the catalogue compares it with what is loaded."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from service.versions.version_policy import apply_default, list_candidates
from tabuada.artifacts.store import Store
from tabuada.errors import StoreError, StoreUnreachable

_SHOWN = 10  # names in one line of the log

Watched = Mapping[str, Collection[int]]
"""Versions by model, of which it is wanted whether their files were written anew."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The versions of one model.

    Attributes:
        versions: All of them, ascending; at least one.
        labels: Labels with the versions they point to.
        policy: Which version answers by default: a number, a label or `latest`.
        candidates: The versions that the policy allows to answer, the one it means first.
        fingerprints: Of the versions that are watched: another one tells of other files.
        broken: Labels that cannot be read, with the reasons.
        strays: Names of versions where none is.
    """

    versions: tuple[int, ...]
    labels: dict[str, int]
    policy: str
    candidates: tuple[int, ...]
    fingerprints: Mapping[int, object] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    strays: tuple[str, ...] = ()

    @property
    def default(self) -> int | None:
        """The version that requests without a choice mean; None where the policy means none."""
        return self.candidates[0] if self.candidates else None

    def explain_default(self, model: str) -> str | None:
        """Return why the policy means no version, None where it does."""
        if self.candidates:
            return None
        if self.policy in self.broken:
            return self.broken[self.policy]
        known = ", ".join(map(str, self.versions[-20:]))
        labels = ", ".join(f"{label}={version}" for label, version in self.labels.items())
        return (
            f"expected the policy of {model} to mean one of its versions {known}. Received: "
            f"{self.policy}, with labels {labels or 'none'}. Publish that version, move the "
            "label, or change the policy"
        )

    def explain_strays(self, model: str) -> str | None:
        """Return what lies where versions should, None where nothing does."""
        if not self.strays:
            return None
        shown = ", ".join(self.strays[:_SHOWN])
        more = len(self.strays) - _SHOWN
        return (
            f"expected each version of {model} to be a folder with a manifest.json. Received: "
            f"none in {shown}{f' and {more} more' if more > 0 else ''}. Restore or remove them"
        )


@dataclass(frozen=True, slots=True)
class StoreReader:
    """A store, seen with the policies of its models.

    Attributes:
        store: Where the versions are.
        policies: Policy by model; those that are not in it have none of their own.
    """

    store: Store
    policies: Mapping[str, str]

    def list_model(self, model: str, watched: Collection[int] = ()) -> Listing:
        """Return what the store holds of a model.

        Raises:
            NotFound: No such model.
            StoreUnreachable: The store cannot be read.
        """
        listing = self._list_model(model, watched)
        if isinstance(listing, Listing):
            return listing
        self.store.resolve(model)  # says which models there are
        raise StoreUnreachable(
            f"expected versions of {model} to stay while they are listed. Received: none. Ask again"
        )

    def list_store(
        self, watched: Watched | None = None
    ) -> tuple[dict[str, Listing], dict[str, str]]:
        """Return every model's listing, and of models that cannot be read the reason.

        Args:
            watched: Versions whose fingerprints are wanted.

        Raises:
            OSError: The store itself cannot be read.
        """
        listings, problems = {}, {}
        for model in self.store.list_names():
            try:
                found = self._list_model(model, (watched or {}).get(model, ()))
            except StoreUnreachable:
                raise
            except (StoreError, OSError) as error:  # one bad model must not hide the others
                problems[model] = str(error)
                continue
            if isinstance(found, Listing):
                listings[model] = found
            elif found is not None:
                problems[model] = found
        return listings, problems

    def _list_model(self, model: str, watched: Collection[int]) -> Listing | str | None:
        """Return a model's listing; where there is no model, what is there instead."""
        seen = self.store.survey(model, watched)
        labels, errors = self.store.read_labels(model, seen.labels)
        if not set(labels.values()) <= set(seen.versions):  # published since: before its label was
            seen = self.store.survey(model, watched)
        if not seen.versions:
            return seen.problem
        broken = {label: str(error) for label, error in errors.items()}
        policy = self._choose_policy(model, labels, broken)
        candidates = list_candidates(policy, seen.versions, labels)
        return Listing(
            seen.versions, labels, policy, candidates, seen.fingerprints, broken, seen.strays
        )

    def _choose_policy(
        self, model: str, labels: Mapping[str, int], broken: Mapping[str, str]
    ) -> str:
        """Return the policy of a model; a label that cannot be read is there all the same."""
        known = {**labels, **dict.fromkeys(broken, 0)}
        return apply_default(self.policies.get(model), known)
