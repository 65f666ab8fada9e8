"""Finds what our sources say of libraries' parts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = [
    file
    for package in ("tabuada", "trainer", "service", "benchmarks")
    for file in sorted((ROOT / package).rglob("*.py"))
    if "peers" not in file.parts  # they run beside versions of their own
]


def find_uses(library: str, name: str) -> list[str]:
    """Return where our sources say a name, in the folders that import a library."""
    importing = re.compile(rf"^\s*(?:import|from) {library}\b", re.M)
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    texts = {file: file.read_text("utf-8") for file in SOURCES}
    folders = {file.parent for file, text in texts.items() if importing.search(text)}
    return [
        f"{file.relative_to(ROOT)}:{number}"
        for file, text in texts.items()
        if file.parent in folders
        for number, line in enumerate(text.splitlines(), 1)
        if word.search(line)
    ]


def find_private_names() -> Iterator[tuple[str, str]]:
    """Yield private names that our sources use and do not define, with where."""
    trees = {file: ast.parse(file.read_text("utf-8")) for file in SOURCES}
    nodes = [(file, node) for file, tree in trees.items() for node in ast.walk(tree)]
    own: set[str] = set()
    for _, node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            own.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            own |= {node.attr} if ast.unparse(node.value) in ("self", "cls") else set()
    for file, node in nodes:
        used: list[str] = []
        if isinstance(node, ast.Attribute):
            used = [node.attr] if node.attr not in own else []
        elif isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            used = [*module.split("."), *(p for a in node.names for p in a.name.split("."))]
        elif isinstance(node, ast.Call):
            used = [keyword.arg for keyword in node.keywords if keyword.arg]
        for name in used:
            if re.match(r"_[^_]", name):
                yield name, f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
