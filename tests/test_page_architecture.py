"""The imports of the page's modules, and other rules that its sources must keep."""

import hashlib
import os
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "service" / "static"
PAGE = STATIC / "page"
MAX_LINES = 300
MAX_WIDTH = 100
_IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.[^"']+)["']""")


def list_modules() -> dict[str, str]:
    """Return the page's own modules, path to text."""
    return {
        file.relative_to(PAGE).as_posix(): file.read_text("utf-8")
        for file in sorted(PAGE.rglob("*.js"))
        if "lib" not in file.relative_to(PAGE).parts
    }


MODULES = list_modules()


def read_imports(module: str) -> set[str]:
    """Return the paths that a module imports, wherever in it."""
    folder = os.path.dirname(module)
    found = _IMPORT.findall(MODULES[module])
    return {os.path.normpath(os.path.join(folder, path)) for path in found}


IMPORTS = {module: read_imports(module) for module in MODULES}


def folder_of(module: str) -> str:
    return str(Path(module).parent)


def view_of(module: str) -> str | None:
    """Return the view that a module belongs to."""
    parts = Path(module).parts
    return parts[1] if parts[0] == "views" else None


def find_circle(graph: dict[str, set[str]]) -> str | None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " -> ".join(error.args[1])
    return None


def test_page_has_modules_that_import() -> None:
    assert len(MODULES) > 50, "the rules below must have something to judge"
    assert sum(map(len, IMPORTS.values())) > 200


def test_imports_lead_to_files() -> None:
    missing = {path for paths in IMPORTS.values() for path in paths if not (PAGE / path).is_file()}
    assert missing == set()


def test_imports_of_files_are_acyclic() -> None:
    assert find_circle(IMPORTS) is None


def test_imports_of_folders_are_acyclic() -> None:
    graph: dict[str, set[str]] = {}
    for module, paths in IMPORTS.items():
        folder = folder_of(module)
        graph.setdefault(folder, set()).update({folder_of(path) for path in paths} - {folder})
    assert len(graph) > 4
    assert find_circle(graph) is None


def test_circle_is_found_where_there_is_one() -> None:
    assert find_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) is not None


def test_views_import_nothing_of_each_other() -> None:
    strangers = {
        (module, path)
        for module, paths in IMPORTS.items()
        for path in paths
        if view_of(path) not in (None, view_of(module))
    }
    assert strangers == set()


def test_only_the_frame_opens_views() -> None:
    # By a name that no static reader resolves, so it stands apart from the rules above.
    opening = {module for module, text in MODULES.items() if re.search(r"import\(\s*`", text)}
    assert opening == {"app.js"}


def test_signs_of_operations_stand_in_one_module() -> None:
    quoted = re.compile("[\"'`]([×÷])[\"'`]")  # noqa: RUF001 -- as schools write them
    assert {module for module, text in MODULES.items() if quoted.search(text)} == {"operations.js"}


def test_no_module_asks_for_the_family_of_a_network() -> None:
    asking = {
        module
        for module, text in MODULES.items()
        if re.search(r"\bfamily\b", re.sub(r"//.*|/\*[\s\S]*?\*/", "", text))
    }
    assert asking == set()
    styles = {file.name for file in PAGE.rglob("*.css") if "data-family" in file.read_text("utf-8")}
    assert styles == set()


def test_modules_are_short() -> None:
    lengths = {module: len(text.splitlines()) for module, text in MODULES.items()}
    assert {module: lines for module, lines in lengths.items() if lines > MAX_LINES} == {}


def test_lines_are_narrow_but_for_sentences() -> None:
    wide = {
        f"{module}:{number}"
        for module, text in MODULES.items()
        if not module.endswith("words.js")
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > MAX_WIDTH
    }
    assert wide == set()


def read_digests() -> dict[str, str]:
    """Return the digests of what others wrote, file to digest."""
    lines = (STATIC / "SHA256SUMS").read_text("utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def list_vendored() -> set[str]:
    beside = {file.name for file in STATIC.iterdir() if file.is_file()}
    library = {f"page/lib/{file.name}" for file in (PAGE / "lib").iterdir()}
    own = {name for name in library if name.endswith(".d.ts")} | {"README.md", "SHA256SUMS"}
    return (beside | library) - own


def test_every_vendored_file_has_a_digest() -> None:
    assert set(read_digests()) == list_vendored()


@pytest.mark.parametrize("name", sorted(list_vendored()))
def test_vendored_file_is_the_one_that_was_looked_at(name: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == read_digests()[name]


def test_page_tools_are_locked_by_hash_and_name_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    packages = re.findall(r'"node_modules/[^"]+": \{[^}]*\}', lock)
    assert len(packages) > 50
    assert [package for package in packages if '"integrity": "sha512-' not in package] == []
    assert '"resolved"' not in lock
