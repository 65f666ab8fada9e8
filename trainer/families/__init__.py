"""The families of networks that the trainer knows."""

from trainer.families.arithmetic import Arithmetic
from trainer.families.family import Family
from trainer.families.mlp import Mlp

_FAMILIES: dict[str, Family] = {"mlp": Mlp(), "arithmetic": Arithmetic()}


def find_family(name: str) -> Family:
    """Return the family that a configuration names."""
    return _FAMILIES[name]


__all__ = ["Family", "find_family"]
