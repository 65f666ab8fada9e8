"""What lies in a store at one moment, as the catalogue compares it with what is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.versions.version_policy import apply_default, list_candidates
from tabuada.artifacts.store import Store
from tabuada.errors import StoreError


@dataclass(frozen=True, slots=True)
class Listing:
    """The versions of one model.

    Attributes:
        versions: All of them, ascending; at least one.
        labels: Labels with the versions they point to.
        policy: Which version answers by default: a number, a label or `latest`.
        candidates: The versions that the policy allows to answer, the one it means first.
    """

    versions: tuple[int, ...]
    labels: dict[str, int]
    policy: str
    candidates: tuple[int, ...]

    @property
    def default(self) -> int | None:
        """The version that requests without a choice mean; None where the policy means none."""
        return self.candidates[0] if self.candidates else None

    def explain_default(self, model: str) -> str | None:
        """Return why the policy means no version, None where it does."""
        if self.candidates:
            return None
        known = ", ".join(map(str, self.versions[-20:]))
        labels = ", ".join(f"{label}={version}" for label, version in self.labels.items())
        return (
            f"expected the policy of {model} to mean one of its versions {known}. Received: "
            f"{self.policy}, with labels {labels or 'none'}. Publish that version, move the "
            "label, or change the policy"
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

    def list_model(self, model: str) -> Listing:
        """Return what the store holds of a model.

        Raises:
            NotFound: No such model.
            StoreError: A label or name cannot be read.
        """
        # In this order: a label is set after its version is there, never before.
        labels = self.store.labels(model)
        versions = tuple(self.store.versions(model))
        if not versions:
            self.store.resolve(model)  # says which models there are
        policy = apply_default(self.policies.get(model), labels)
        return Listing(versions, labels, policy, list_candidates(policy, versions, labels))

    def list_store(self) -> tuple[dict[str, Listing], dict[str, str]]:
        """Return every model's listing, and of models that cannot be read the reason.

        Raises:
            OSError: The store itself cannot be read.
        """
        listings, problems = {}, {}
        for model in self.store.models():
            try:
                listings[model] = self.list_model(model)
            except (StoreError, OSError) as error:  # one bad model must not hide the others
                problems[model] = str(error)
        return listings, problems
