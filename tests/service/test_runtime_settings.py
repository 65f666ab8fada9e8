"""What the settings of the runtime refuse before anything is served."""

import re
from pathlib import Path

import pytest

from tests.service.serving import run_service

# Where a module is None, Python takes it for one that is not installed.
WITHOUT_TENSORFLOW = "import sys\nsys.modules['tensorflow'] = None\n"


def test_required_gpu_contradicts_a_runtime_that_uses_none() -> None:
    result = run_service(TABUADA_REQUIRE_GPU="true", TABUADA_RUNTIME="onnx")
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert re.match(
        r"error: TABUADA_REQUIRE_GPU: expected .*TABUADA_RUNTIME.*Received: onnx\. ", line
    )


@pytest.mark.parametrize(
    ("runtime", "require_gpu"), [("tensorflow", "false"), ("tensorflow", "true"), ("auto", "true")]
)
def test_missing_tensorflow_is_one_line_and_code_2(
    tmp_path: Path, runtime: str, require_gpu: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_TENSORFLOW)
    result = run_service(
        PYTHONPATH=str(tmp_path), TABUADA_RUNTIME=runtime, TABUADA_REQUIRE_GPU=require_gpu
    )
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: expected TensorFlow to be installed. Received: none. ")


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["tensorflow", "auto"])
def test_service_refuses_to_start_without_the_gpu_it_requires(runtime: str) -> None:
    hidden = {"CUDA_VISIBLE_DEVICES": "-1"}  # so that the test means the same on every machine
    result = run_service(TABUADA_REQUIRE_GPU="true", TABUADA_RUNTIME=runtime, **hidden)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == (
        "error: expected a GPU that TensorFlow sees. Received: none. Check the driver and "
        "nvidia-container-toolkit, or unset TABUADA_REQUIRE_GPU"
    )
