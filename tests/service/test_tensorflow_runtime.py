"""The TensorFlow runtime: the same answers as ONNX Runtime, from a SavedModel."""

import threading

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from service.runtimes.buckets import BUCKETS
from service.runtimes.onnx import OnnxRuntime
from service.runtimes.runtime import prepare_runtime
from service.tasks.calculation.columns import Columns
from service.tasks.calculation.predictor import load_predictor
from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import Problems
from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import as_calculation
from tabuada.manifests.files import SCALER_JSON
from tests.service.conftest import StartServer
from tests.service.crowd import ask_as_crowd
from tests.service.saved_models import export_saved_model
from tests.service.serving import ROOT
from tests.service.test_predict import Networks, as_columns, make_rows
from tests.service.tiny import check_answers, publish_tiny

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]


@pytest.fixture(scope="module")
def exported(networks: Networks, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with one version of `mlp`, network 1, as ONNX and as SavedModel."""
    folder = tmp_path_factory.mktemp("exported")
    network = networks[1]
    work = folder / "work"
    export_saved_model(network, work)
    store = Store(folder / "artifacts")
    publish_tiny(store, work, network)
    return store


@pytest.mark.parametrize("runtime", ["tensorflow", "auto"])
def test_runtime_gives_the_networks_answers(
    start_server: StartServer, exported: Store, networks: Networks, runtime: str
) -> None:
    server = start_server(exported.location, runtime=runtime)
    # The process answers health checks long before TensorFlow is there.
    assert httpx.get(f"{server.url}/health/live").status_code == 200
    server.wait_ready(timeout_s=240)
    rows = make_rows(3000)
    answer = httpx.post(f"{server.url}/predict", json=as_columns(rows), timeout=60)
    check_answers(answer.json()["predictions"], networks[1].forward(rows))
    if runtime == "tensorflow":  # 200 clients get their own answers from batches
        ask_as_crowd(server.url, networks[1], rounds=3)
    assert ("Predicting with tensorflow" in server.log()) == (runtime == "tensorflow")
    assert server.stop() == 0
    assert "Traceback" not in server.log()


@pytest.fixture(scope="module", params=["mlp", "arithmetic"])
def shipped(request: pytest.FixtureRequest) -> Artifact:
    return Store(ROOT / "artifacts").open(request.param, 1)


def pose_hard_problems(operations: OperationSet) -> Problems:
    """Return problems in and far outside the trained range, up to the ends of float64."""
    rng = np.random.default_rng(11)
    edges = np.array([0.0, -0.0, 5e-324, 1e-300, 1e-38, 1.0, 3.4e38, 1e154, 1.7e308])
    exponents = rng.uniform(-320, 307, 4000)
    wide = rng.choice((-1.0, 1.0), 4000) * rng.uniform(1, 9.9, 4000) * 10.0**exponents
    values = np.concatenate((edges, -edges, wide, rng.uniform(-10, 10, 4000)))
    a, b = rng.permutation(values), rng.permutation(values)
    op = rng.integers(0, len(operations), len(values)).astype(np.int8)
    b[(op == operations.encode(["/"])[0]) & (b == 0)] = 1.0
    return Problems(operations, a, op, b)


def is_subnormal(values: Floats) -> NDArray[np.bool_]:
    subnormal: NDArray[np.bool_] = (values != 0) & (abs(values) < np.finfo(np.float64).tiny)
    return subnormal


def test_runtime_agrees_with_onnx_on_the_probe_and_on_extremes(shipped: Artifact) -> None:
    tensorflow, onnx = (prepare_runtime(name, 1)(shipped) for name in ("tensorflow", "onnx"))
    # Loading it compares its answers with the manifest's probe.
    predictor = load_predictor(shipped, lambda _: tensorflow)
    manifest = as_calculation(shipped.manifest)
    probe, tolerance = manifest.probe, manifest.probe.tolerance
    posed = predictor.pose(Columns(probe.a, probe.op, probe.b))
    scaler = Scaler.model_validate_json(shipped.read(SCALER_JSON))
    encoder = FeatureEncoder(scaler, posed.operations, manifest.signature.dtype)
    for problems in (posed, pose_hard_problems(predictor.operations)):
        features = encoder.encode(problems)
        answers, expected = tensorflow.predict(features), onnx.predict(features)
        assert answers.dtype == np.float64
        both = np.isfinite(answers) & np.isfinite(expected)
        assert both.sum() >= len(problems) // 3
        normal = ~(is_subnormal(problems.a) | is_subnormal(problems.b))
        np.testing.assert_array_equal(np.isfinite(answers)[normal], np.isfinite(expected)[normal])
        difference = abs(answers[both] - expected[both]) / np.maximum(1, abs(expected[both]))
        # Twice the probe's: thousands of times as many rows meet a rarer rounding of float32.
        assert difference.max() <= 2 * tolerance


def test_nothing_is_traced_after_loading(shipped: Artifact) -> None:
    from service.runtimes.tensorflow import TensorflowRuntime  # noqa: PLC0415 -- TensorFlow

    runtime = TensorflowRuntime(shipped, 1)
    onnx = OnnxRuntime(shipped, 1)
    assert runtime.traces == len(BUCKETS)
    dtype = as_calculation(shipped.manifest).signature.dtype
    failures: list[int] = []

    def ask(sizes: range) -> None:
        for n in sizes:
            features = np.random.default_rng(n).uniform(-1, 1, (n, 6)).astype(dtype)
            if not np.allclose(runtime.predict(features), onnx.predict(features), 1e-4, 1e-4):
                failures.append(n)

    asking = [threading.Thread(target=ask, args=[range(i, 2100, 4 * 17)]) for i in range(4)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert failures == []
    assert runtime.traces == len(BUCKETS)
