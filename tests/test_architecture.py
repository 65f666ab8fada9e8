"""The direction of the imports, and other rules that the sources must keep."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("tabuada", "trainer", "service")
MAX_LINES = 300
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def list_modules(package: str) -> dict[str, Path]:
    """Return the modules of a package, name to file."""
    files = sorted((ROOT / package).rglob("*.py"))
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


def read_imports(module: str, file: Path) -> Iterator[str]:
    """Yield what a module imports, wherever in it, under absolute names.

    Of `from package import name`, `package.name` where that is a module, else `package`.
    """
    container = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = container[: len(container) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            folder = ROOT / origin.replace(".", "/")
            for alias in node.names:
                inner = folder / alias.name
                is_module = inner.with_suffix(".py").is_file() or inner.is_dir()
                yield f"{origin}.{alias.name}" if is_module else origin


def list_importers(package: str, *forbidden: str) -> set[str]:
    """Return the modules of a package that import anything of the given names."""
    return {
        module
        for module, file in list_modules(package).items()
        for name in read_imports(module, file)
        if any(name == other or name.startswith(f"{other}.") for other in forbidden)
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_package_has_modules(package: str) -> None:
    assert len(list_modules(package)) > 5, "the rules below must have something to judge"


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("tabuada", ("trainer", "service")),
        ("tabuada", ("tensorflow", "keras", "keras_tuner", "onnxruntime", "sklearn")),
        ("tabuada", ("fastapi", "starlette", "uvicorn")),
        ("trainer", ("service", "fastapi", "starlette", "uvicorn")),
        ("service", ("trainer", "keras", "keras_tuner", "sklearn")),
        ("tabuada", ("pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal")),
        ("service", ("pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal")),
    ],
    ids=[
        "domain knows no side",
        "domain knows no TensorFlow",
        "domain serves no HTTP",
        "trainer knows no service",
        "service knows no trainer",
        "domain unpickles nothing",
        "service unpickles nothing",
    ],
)
def test_package_does_not_import(package: str, forbidden: tuple[str, ...]) -> None:
    assert list_importers(package, *forbidden) == set()


def test_tensorflow_is_imported_in_one_module_of_the_service() -> None:
    assert list_importers("service", "tensorflow") <= {"service.runtimes.tensorflow"}


def test_httpx_is_imported_in_the_client_alone() -> None:
    assert all(name.startswith("tabuada.client.") for name in list_importers("tabuada", "httpx"))
    asking = list_importers("tabuada", "tabuada.client") | list_importers(
        "service", "tabuada.client"
    )
    assert {name.split(".")[1] for name in asking} == {"client", "command"}


@pytest.mark.parametrize("package", PACKAGES)
def test_package_imports_are_acyclic(package: str) -> None:
    modules = list_modules(package)
    graph = {
        module: {name for name in read_imports(module, file) if name in modules} - {module}
        for module, file in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imports in a circle: {' -> '.join(error.args[1])}")


def find_folder(module: str) -> str:
    """Return the folder of a module; a file right in a package stands for itself."""
    parts = module.split(".")
    is_folder = (ROOT / Path(*parts)).is_dir()
    return ".".join(parts if is_folder or len(parts) <= 2 else parts[:-1])


@pytest.mark.parametrize("package", PACKAGES)
def test_folders_are_acyclic(package: str) -> None:
    modules = list_modules(package)
    graph: dict[str, set[str]] = {}
    for module, file in modules.items():
        folder = find_folder(module)
        needed = {find_folder(name) for name in read_imports(module, file) if name in modules}
        graph.setdefault(folder, set()).update(needed - {folder})
    assert len(graph) > 4, "the rule must have something to judge"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"folders in a circle: {' -> '.join(error.args[1])}")


def test_files_are_short() -> None:
    folders = (*PACKAGES, "tests", "benchmarks")
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines())
        for folder in folders
        for file in sorted((ROOT / folder).rglob("*.py"))
        if "golden" not in file.parts
    }
    assert {file: lines for file, lines in lengths.items() if lines > MAX_LINES} == {}


def read_lock(file: Path) -> dict[tuple[str, str], frozenset[str]]:
    """Return the hashes that a lock file allows, by name and version of the package."""
    text = file.read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    locked = {}
    for line in lines:
        pin = re.match(r"([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==([^\s;]+)", line)
        assert pin, f"expected a pinned package. Received: {line[:80]}"
        locked[pin[1], pin[2]] = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})\b", line))
    return locked


def test_locks_are_there() -> None:
    assert {file.stem for file in LOCKS} >= {"serve", "serve-gpu", "train", "train-gpu", "dev"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_lock_pins_every_package_with_hashes(lock: Path) -> None:
    assert all(read_lock(lock).values())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_lock_names_no_host(lock: Path) -> None:
    found = re.findall(
        r"^.*(?:://|--\S*(?:index|find-links|trusted-host)|@ ).*$", lock.read_text(), re.M
    )
    assert found == []


def test_locks_agree_on_what_they_share() -> None:
    versions: dict[str, dict[str, set[str]]] = {}
    for lock in LOCKS:
        for name, version in read_lock(lock):
            versions.setdefault(name, {}).setdefault(lock.stem, set()).add(version)
    # A package may have one version a Python, told apart by markers, in every file alike.
    disagreements = {
        name: by_lock
        for name, by_lock in versions.items()
        if len(set(map(frozenset, by_lock.values()))) > 1
    }
    assert disagreements == {}


@pytest.mark.parametrize(
    ("lock", "absent"),
    [
        ("serve", ("tensorflow", "tensorflow-cpu", "keras", "scikit-learn", "pytest")),
        ("serve-gpu", ("tensorflow-cpu", "keras-tuner", "scikit-learn", "pytest")),
        ("train", ("fastapi", "uvicorn", "pytest")),
        ("train-gpu", ("tensorflow-cpu", "fastapi", "uvicorn", "pytest")),
    ],
)
def test_lock_leaves_out_what_its_use_does_not_need(lock: str, absent: tuple[str, ...]) -> None:
    names = {name for name, _ in read_lock(ROOT / "requirements" / f"{lock}.txt")}
    assert names.isdisjoint(absent)
