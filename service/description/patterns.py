"""Patterns that programs of every language read the same way."""

from collections.abc import Sequence

_MEANING = set(r"^$\.*+?()[]{}|/")  # outside of these, JavaScript refuses a backslash


def write_pattern(choices: Sequence[str]) -> str:
    """Return the regular expression that matches these texts and nothing else.

    Args:
        choices: The texts, at least one.
    """
    if all(len(choice) == 1 for choice in choices):
        # In brackets only these four mean something else; a hyphen does not at the end.
        inside = sorted(choices, key=lambda choice: (choice == "-", choices.index(choice)))
        return "^[" + "".join(f"\\{c}" if c in r"\]^[" else c for c in inside) + "]$"
    written = ("".join(f"\\{c}" if c in _MEANING else c for c in choice) for choice in choices)
    return f"^(?:{'|'.join(written)})$"
