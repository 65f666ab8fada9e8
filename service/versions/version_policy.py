"""Which version of a model answers where a request names none, as the operator chose it.

A policy is a text: a number pins that version, `latest` takes the newest one, and any other
word is a label. A model without a policy takes `stable` where it has that label, else `latest`.
"""

from collections.abc import Mapping, Sequence

from tabuada.artifacts.storage.names import STABLE, is_version

LATEST = "latest"


def apply_default(policy: str | None, labels: Mapping[str, int]) -> str:
    """Return the policy of a model, the one that goes without saying if it has none."""
    return policy or (STABLE if STABLE in labels else LATEST)


def list_candidates(
    policy: str, versions: Sequence[int], labels: Mapping[str, int]
) -> tuple[int, ...]:
    """Return the versions that a policy allows to answer, the one it means first.

    Only `latest` has a second choice: a newest version that cannot be loaded must not keep a
    service from starting. Whoever names a version or a label gets that one or none.

    Args:
        policy: A number, a label or `latest`.
        versions: The published ones, ascending.
        labels: Labels with the versions they point to.
    """
    if policy == LATEST:
        return tuple(reversed(versions))
    version = int(policy) if is_version(policy) else labels.get(policy)
    return (version,) if version in versions and version is not None else ()
