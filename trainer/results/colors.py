"""The colours of the plots."""

COLORS = ("#2a6fbb", "#d1782c", "#3f8f4f", "#a8407c")
"""One an operation, told apart by the colour-blind too."""


def choose_color(position: int) -> str:
    """Return the colour of the operation, or whatever else, at a position; they come again."""
    return COLORS[position % len(COLORS)]
