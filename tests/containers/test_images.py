"""What the images hold, and what they do without the compose file; GPU and Ray where built."""

from functools import partial

import httpx
import pytest

from benchmarks.images import BASE, VARIANTS, read_size
from tests.containers.conftest import Note
from tests.containers.engine import has_image, run_docker, run_locked_down
from tests.containers.project import ANSWER, QUESTION, ask_status, wait_until
from tests.containers.training import CONFIG
from tests.readme import ROOT

pytestmark = pytest.mark.docker
SERVICE_BYTES = 220_000_000
# Lists what an image should not have: as root, which sees everything.
FIND_TOOLS = r"""
import os, re, sys
tools = re.compile(r"(c|g|clang)\+\+|cc|[cf]?gcc|gfortran|clang|ld|as|make|cmake|ninja|nvcc|cicc|"
                   r"cargo|rustc|go|pip[\d.]*|f2py|.*-(gcc|g\+\+|ld|as)(-\d+)?")
found = []
for folder, folders, files in os.walk("/"):
    if folder in ("/proc", "/sys", "/dev"):
        folders.clear()
        continue
    found += [os.path.join(folder, name) for name in files if tools.fullmatch(name)
              and os.access(os.path.join(folder, name), os.X_OK)]
    if "/site-packages" in folder and ".dist-info" not in folder:
        found += [os.path.join(folder, name) for name in folders
                  if name in ("tests", "include", "pip")
                  or name == "test" and folder.endswith(("/joblib", "/onnx/backend"))]
        found += [os.path.join(folder, name) for name in files
                  if name.endswith((".a", ".h", ".o")) or re.fullmatch(r"libclang.*\.so.*", name)]
print("\n".join(found))
"""
IMPORT_ALL = """
import importlib, pkgutil, sys

program, libraries, extras = sys.argv[1], sys.argv[2].split(), sys.argv[3].split()
modules = [m.name for name in (program, "tabuada")
           for m in pkgutil.walk_packages(importlib.import_module(name).__path__, name + ".")]
for name in modules + libraries:
    try:
        name.endswith("__main__") or importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] not in extras:
            raise
print(f"imported {len(modules)} modules")
"""
LIBRARIES = {
    "service": "uvicorn uvloop httptools obstore opentelemetry.sdk.trace",
    "trainer": "sklearn.linear_model scipy.stats scipy.optimize scipy.special tf2onnx joblib "
    "tensorboard.main onnx.reference matplotlib.pyplot obstore",
}


def skip_unless_built(image: str) -> None:
    if not has_image(image):
        pytest.skip(f"{image} is not built; `python -m benchmarks.images` builds all variants")


@pytest.mark.parametrize("image", VARIANTS)
def test_image_has_no_compiler_no_installer_and_no_tests(image: str) -> None:
    skip_unless_built(image)
    options = ("run", "--rm", "--user=0", "--entrypoint=python", image)
    assert run_docker(*options, "-c", FIND_TOOLS, timeout_s=300) == ""


@pytest.mark.parametrize("image", VARIANTS)
def test_image_imports_all_that_it_is_for(image: str) -> None:
    skip_unless_built(image)
    program = "service" if "service" in image else "trainer"
    extras = {"model_signing", "cryptography"}  # installed by those who sign
    extras |= {"httpx", "anyio"} if program == "trainer" else set()  # the client's
    extras |= {"tensorflow"} if image == "tabuada-service" else set()
    extras |= set() if image.endswith(":ray") else {"ray"}
    arguments = (program, LIBRARIES[program], " ".join(extras))
    said = run_locked_down(image, "python", "-W", "ignore", "-c", IMPORT_ALL, *arguments)
    assert "imported" in said.splitlines()[-1], said


@pytest.mark.parametrize("image", VARIANTS)
def test_image_runs_as_an_ordinary_user_whose_code_it_cannot_change(image: str) -> None:
    skip_unless_built(image)
    assert run_docker("image", "inspect", "--format", "{{.Config.User}}", image) == "10001:10001"
    writable = "find /app /opt /usr -writable -not -type l"
    options = ("run", "--rm", "--entrypoint=sh", image)
    assert run_docker(*options, "-c", writable) == ""


def test_service_adds_little_to_its_base(note: Note) -> None:
    added = read_size("tabuada-service") - read_size(BASE)
    note(f"tabuada-service adds {added / 1e6:.0f} MB to its base image")
    assert added <= SERVICE_BYTES


def test_service_has_no_tensorflow() -> None:
    said = run_locked_down("tabuada-service", "python", "-c", "import tensorflow", check=False)
    assert "ModuleNotFoundError" in said


def test_service_on_gpus_refuses_a_machine_without_one() -> None:
    image = "tabuada-service:gpu"
    skip_unless_built(image)
    settings = ("--env=TABUADA_REQUIRE_GPU=true", "--env=TABUADA_RUNTIME=tensorflow")
    said = run_locked_down(image, "python", "-m", "service", options=settings, check=False)
    assert "expected a GPU that TensorFlow sees. Received: none." in said


@pytest.mark.parametrize("runtime", ["auto", "tensorflow"])
def test_service_on_gpus_serves_without_one_where_it_may(
    request: pytest.FixtureRequest, runtime: str
) -> None:
    image = "tabuada-service:gpu"
    skip_unless_built(image)
    store = f"{ROOT / 'artifacts' / 'arithmetic' / '1'}:/data/artifacts/arithmetic/1:ro"
    container = run_docker(
        *("run", "--detach", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL"),
        *(f"--env=TABUADA_RUNTIME={runtime}", f"--volume={store}"),
        *("--publish=127.0.0.1::8000", image),
    )
    request.addfinalizer(partial(run_docker, "rm", "--force", container))
    url = "http://" + run_docker("port", container, "8000").split()[-1]
    wait_until("a service that is ready", lambda: ask_status(f"{url}/health/ready") == 200, 120)
    answer = httpx.post(f"{url}/predict", json=QUESTION)
    assert answer.json()["predictions"] == [pytest.approx(ANSWER, abs=1e-6)]


def test_trainer_on_gpus_trains_without_one() -> None:
    image = "tabuada-trainer:gpu"
    skip_unless_built(image)
    said = run_locked_down(
        image,
        *("python", "-m", "trainer", "run", "--preset=quick", "--config=/config/tiny.toml"),
        *("--runs=/tmp/runs", "--artifacts=/tmp/artifacts"),
        options=(f"--volume={CONFIG}:/config/tiny.toml:ro",),
    )
    assert "Published mlp version 1" in said
