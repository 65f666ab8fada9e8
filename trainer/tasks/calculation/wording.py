"""Writes problems as people do."""


def write_problem(symbol: str, arity: int, a: str, b: str) -> str:
    """Return `a + b`, or `sqrt(a)` of an operation of one operand."""
    return f"{symbol}({a})" if arity == 1 else f"{a} {symbol} {b}"
