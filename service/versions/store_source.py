"""Where versions are read from now: the store, or what this machine has copies of."""

from dataclasses import dataclass, field

from tabuada.artifacts.store import Store


@dataclass
class StoreSource:
    """A store, and the copies that stand in for it while it is out of reach.

    Attributes:
        store: The store itself.
        copies: What this machine has of it; None where its files lie here anyway.
        away: Whether the store did not answer when it was looked at last.
    """

    store: Store
    copies: Store | None = field(init=False)
    away: bool = False

    def __post_init__(self) -> None:
        """Find the copies."""
        self.copies = self.store.find_copies()

    def choose(self) -> Store:
        """Return what can be read now."""
        return self.copies if self.away and self.copies else self.store
