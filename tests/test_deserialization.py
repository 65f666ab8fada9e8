"""Nothing that a file says is run as code: the sources name no loader that would."""

import ast
from collections.abc import Iterator

import pytest

from tests.test_architecture import list_importers, list_modules

IMPORTS = (
    "pickle", "pickletools", "_pickle", "cPickle", "joblib", "dill", "cloudpickle", "shelve",
    "marshal", "copyreg", "runpy", "imp", "code", "codeop", "keras", "h5py", "tensorflow.keras",
    "torch", "sklearn", "skops", "yaml", "pandas", "trainer",
)  # fmt: skip
NAMES = {
    "allow_pickle", "Unpickler", "keras", "joblib", "pickle", "load_model", "load_weights",
    "model_from_json", "deserialize_keras_object", "enable_unsafe_deserialization", "safe_mode",
    "read_pickle", "import_module", "exec_module", "run_path", "eval", "exec", "compile",
    "__import__", "__reduce__", "__setstate__",
}  # fmt: skip
NUMPY_LOADERS = {"load", "fromregex", "memmap", "DataSource"}
HARMLESS = {"re.compile"}
SERVED = ("tabuada", "service")


def find_loaders(source: str) -> Iterator[str]:
    """Yield what a source names that may run code out of a file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.Attribute):
            text = ast.unparse(node)
            owner, _, name = text.rpartition(".")
            numpy = owner in {"np", "numpy"} and name in NUMPY_LOADERS
            if (name in NAMES and text not in HARMLESS) or numpy:
                yield text
        elif isinstance(node, ast.keyword) and node.arg in NAMES:
            yield node.arg
        elif isinstance(node, ast.ImportFrom):
            loaders = NUMPY_LOADERS if (node.module or "").startswith("numpy") else set()
            yield from (a.name for a in node.names if a.name in NAMES | loaders)


@pytest.mark.parametrize(
    "source",
    [
        "pickle.loads(content)",
        "np.load(file, allow_pickle=True)",
        "numpy.load(file)",
        "from numpy import load",
        "tf.keras.models.load_model(folder)",
        "from tensorflow import keras",
        "getattr(keras, name)",
        "importlib.import_module(name)",
        "__import__(name)",
        "eval(text)",
        "builtins.exec(text)",
    ],
)
def test_loader_in_a_source_is_found(source: str) -> None:
    assert list(find_loaders(source))


@pytest.mark.parametrize("package", SERVED)
def test_package_names_no_loader_of_code(package: str) -> None:
    found = {
        module: loaders
        for module, file in list_modules(package).items()
        if (loaders := list(find_loaders(file.read_text("utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize("package", SERVED)
def test_package_imports_no_loader_of_code(package: str) -> None:
    assert list_importers(package, *IMPORTS) == set()


def test_signing_library_is_imported_in_one_module() -> None:
    importers = {name for package in SERVED for name in list_importers(package, "model_signing")}
    assert importers == {"tabuada.artifacts.signatures"}
