"""Versions published in formats of earlier releases: read for ever, and answered as they were."""

import json
from pathlib import Path

import pytest

from service.runtimes.onnx import OnnxRuntime
from service.tasks.calculation.predictor import load_predictor
from tabuada.arithmetic.domains import OperandDomain
from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import CalculationManifest, as_calculation

GOLDEN = Path(__file__).parents[1] / "golden" / "format-1"
DIGESTS = {
    "mlp": "8a74fd479f1be32f95e25a793b5ce66976e2f8e1455eaaa450e2f5fb533c6af3",
    "arithmetic": "f904d7822454c8c92a9ee455ce8b34bcd97b173186ed5aef7d4cc680d8096f04",
}


@pytest.fixture(params=DIGESTS)
def opened(request: pytest.FixtureRequest) -> Artifact:
    return Store(GOLDEN).open(request.param, 1)


@pytest.fixture
def manifest(opened: Artifact) -> CalculationManifest:
    return as_calculation(opened.manifest)


def test_golden_version_is_the_very_one_that_was_published(opened: Artifact) -> None:
    opened.verify()
    assert opened.manifest_sha256 == DIGESTS[opened.manifest.model]


def test_golden_version_answers_its_probe(opened: Artifact) -> None:
    # Loading compares every answer with what the manifest promises.
    predictor = load_predictor(opened, lambda artifact: OnnxRuntime(artifact, 1))
    assert predictor.manifest.version == 1


def test_golden_manifest_is_read_in_the_terms_of_the_newest_format(
    opened: Artifact, manifest: CalculationManifest
) -> None:
    written = json.loads((opened.folder / "manifest.json").read_text())
    assert (written["format_version"], manifest.format_version) == (1, 1)
    assert manifest.task == "calculation"
    said = manifest.signature
    assert said.operations == tuple(written["signature"]["operations"])
    assert said.arity == (2, 2, 2, 2)
    assert said.dtype == written["signature"]["dtype"]
    assert [spec.shape for spec in (*said.inputs, *said.outputs)] == [(None, 6), (None, 1)]
    assert {spec.dtype for spec in (*said.inputs, *said.outputs)} == {said.dtype}
    for name in ("metrics", "hyperparameters", "config", "probe", "libraries", "files"):
        assert json.loads(manifest.model_dump_json(exclude_none=True))[name] == written[name]


def test_golden_domains_become_regions_and_poles(
    opened: Artifact, manifest: CalculationManifest
) -> None:
    written = json.loads((opened.folder / "manifest.json").read_text())["signature"]["domains"]
    for domain, old in zip(manifest.signature.domains, written, strict=True):
        gap = {"operand": "b", "at": 0, "distance": old["min_abs_b"]}
        assert domain == OperandDomain.model_validate(
            {
                "symbol": old["symbol"],
                "regions": [{"a": old["a"], "b": old["b"]}],
                "poles": [gap] if old["min_abs_b"] else [],
            }
        )


@pytest.mark.parametrize(
    ("model", "answers_by"), [("mlp", "approximation"), ("arithmetic", "computation")]
)
def test_golden_manifest_says_how_its_network_answers(model: str, answers_by: str) -> None:
    assert Store(GOLDEN).manifest(model, 1).answers_by == answers_by
