"""Writes problems, plainly for tables that are read back and as people do for what they read."""

_MINUS = "\N{MINUS SIGN}"
_SIGNS = {"*": "\N{MULTIPLICATION SIGN}", "/": "\N{DIVISION SIGN}", "-": _MINUS}


def write_problem(symbol: str, arity: int, a: str, b: str) -> str:
    """Return `a + b`, or `sqrt(a)` of an operation of one operand."""
    return f"{symbol}({a})" if arity == 1 else f"{a} {symbol} {b}"


def write_sign(symbol: str) -> str:
    """Return the sign that people write for an operation."""
    return _SIGNS.get(symbol, symbol)


def typeset(problem: str) -> str:
    """Return a problem of `write_problem` as it is printed.

    Minus signs are such, a negative second operand stands in brackets, and operations have the
    signs that people write: `-5.3 - -9.38` becomes -5.3 - (-9.38), with minus signs for hyphens.
    """
    parts = problem.split(" ")
    if len(parts) == 3:
        a, symbol, b = parts
        b = f"({b})" if b.startswith("-") else b
        parts = [a.replace("-", _MINUS), write_sign(symbol), b.replace("-", _MINUS)]
    elif len(parts) == 1 and problem.endswith(")"):
        name, bracket, a = problem.partition("(")
        parts = [name + bracket + a.replace("-", _MINUS)]
    return " ".join(parts)
