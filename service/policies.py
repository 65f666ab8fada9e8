"""Reads which versions answer by default, as operators write it; see `service.versions`."""

from tabuada.artifacts.storage.names import check_name, is_version
from tabuada.errors import InvalidName
from tabuada.showing import show


def parse_policies(text: str) -> dict[str, str]:
    """Read policies written as `mlp=3,arithmetic=canary,other=latest`.

    Returns:
        Policy by model; empty for an empty text.

    Raises:
        ValueError: An entry breaks the rule, or a model has two.
    """
    policies: dict[str, str] = {}
    for entry in filter(None, map(str.strip, text.split(","))):
        model, separator, policy = (part.strip() for part in entry.partition("="))
        try:
            check_name(model)
            is_version(policy) or check_name(policy)
        except InvalidName as error:
            raise ValueError(
                "expected model=policy, separated by commas, each policy a version number, a "
                f"label or `latest`. Received: {show(entry)}. Write it like mlp=3"
            ) from error
        if not separator or model in policies:
            raise ValueError(
                f"expected one policy for each model. Received: {show(entry)} as well. "
                "Leave one of the two out"
            )
        policies[model] = policy
    return policies
