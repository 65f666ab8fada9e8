"""Manifests: what is read back, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tabuada.errors import CorruptArtifact, UnsupportedFormat
from tabuada.manifests.calculation import CalculationManifest, as_calculation
from tabuada.manifests.manifest import FORMAT_VERSION, FileRecord
from tabuada.manifests.parsing import parse_manifest
from tests.tabuada.samples import describe

RECORD = FileRecord(size_bytes=1, sha256="0" * 64)
MANIFEST = CalculationManifest(
    **dict(describe()),
    format_version=2,
    version=3,
    created_at="2026-11-23T22:00:00+00:00",
    files={"model.onnx": RECORD, "training/plots/history.png": RECORD},
)


GOLDEN = Path(__file__).parents[1] / "golden" / "format-1" / "mlp" / "1" / "manifest.json"

Edit = Callable[[dict[str, Any]], object]


def change(edit: Edit) -> bytes:
    facts = MANIFEST.model_dump(mode="json")
    edit(facts)
    return json.dumps(facts).encode()


def change_format_1(edit: Edit) -> bytes:
    facts = json.loads(GOLDEN.read_text())
    edit(facts)
    return json.dumps(facts).encode()


def test_manifest_survives_json_unchanged() -> None:
    parsed = parse_manifest(MANIFEST.model_dump_json().encode())
    assert parsed == MANIFEST
    # Of the four types a hyperparameter may have, it keeps its own.
    assert [type(value) for value in parsed.hyperparameters.values()] == [int, float, str, bool]


def add_members(facts: dict[str, Any]) -> None:
    """Add a member to every object of a manifest whose members the format names."""
    signature, metrics = facts["signature"], facts["metrics"]
    objects = [
        facts, signature, *signature["domains"], metrics, metrics["overall"],
        *metrics["per_operation"].values(), *metrics["worst"], facts["probe"],
        *facts["files"].values(), *signature.get("inputs", []), *signature.get("outputs", []),
    ]  # fmt: skip
    for domain in signature["domains"]:
        objects += [*domain.get("regions", []), *domain.get("poles", [])]
    assert len(objects) > 30
    for known in objects:
        known["signed_by"] = "someone"


@pytest.mark.parametrize(
    "tolerances",
    [[1e-5] * 3, [1e-5] * 5, [1e-5, 1e-5, 1e-5, 0], [1e-5, 1e-5, 1e-5, -1], [], 1e-5, "1e-5"],
    ids=str,
)
def test_manifest_with_bad_tolerances_of_its_probe_is_corrupt(tolerances: object) -> None:
    with pytest.raises(CorruptArtifact, match="fails at probe"):
        parse_manifest(change(lambda facts: facts["probe"].update(tolerances=tolerances)))


def test_probe_takes_the_tolerance_of_a_row_where_rows_have_their_own() -> None:
    assert MANIFEST.probe.tolerance_of_each.tolist() == [1e-5] * 4
    own = [1e-5, 1e-3, 0.25, 1e-4]
    content = change(lambda facts: facts["probe"].update(tolerances=own, tolerance=0.25))
    assert as_calculation(parse_manifest(content)).probe.tolerance_of_each.tolist() == own


def test_manifest_members_unknown_are_ignored() -> None:
    assert parse_manifest(change(add_members)) == MANIFEST


def test_manifest_members_unknown_are_ignored_in_format_1() -> None:
    assert parse_manifest(change_format_1(add_members)) == parse_manifest(GOLDEN.read_bytes())


@pytest.mark.parametrize("task", ["diagnosis", "", "Calculation"])
def test_manifest_of_another_task_is_unsupported(task: str) -> None:
    with pytest.raises(UnsupportedFormat, match="expected a task out of: calculation"):
        parse_manifest(change(lambda facts: facts.update(task=task)))


@pytest.mark.parametrize("task", [None, 1, ["calculation"], {"calculation": 1}], ids=repr)
def test_manifest_whose_task_is_no_name_is_corrupt(task: object) -> None:
    with pytest.raises(CorruptArtifact, match="fails at task"):
        parse_manifest(change(lambda facts: facts.update(task=task)))


@pytest.mark.parametrize("found", [0, 3, 999, "1", "2", None, True, [1], {}, 1.5, 2.0], ids=repr)
def test_manifest_of_another_format_is_unsupported(found: object) -> None:
    with pytest.raises(UnsupportedFormat, match=f"expected format version {FORMAT_VERSION}"):
        parse_manifest(change(lambda facts: facts.update(format_version=found)))


def test_manifest_of_another_format_is_not_looked_at_further() -> None:
    with pytest.raises(UnsupportedFormat):
        parse_manifest(b'{"format_version": 3, "files": {"../x": 0}}')


def test_manifest_of_an_absurd_format_is_shown_short() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        parse_manifest(change(lambda facts: facts.update(format_version="2" * 1_000_000)))
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"format_version"',
        b"1",
        b"{}",
        b"\xff\xfe\x00",
        b"\x80" * 100,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"format_version":1,"config":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"format_version":' + b"9" * 10_000 + b"}",
        b'{"format_version": 1}',
        b'{"format_version": 1, "files": []}',
        b'{"format_version":2,"task":"calculation","config":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"format_version": 2}',
        b'{"format_version": 2, "task": "calculation"}',
        b'{"format_version": 2, "task": "calculation", "files": []}',
    ],
    ids=range(19),
)
def test_manifest_that_is_none_is_corrupt(content: bytes) -> None:
    with pytest.raises(CorruptArtifact) as caught:
        parse_manifest(content)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("depth", [*range(150, 1100, 50), 5_000, 50_000])
def test_manifest_nested_to_any_depth_is_refused(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    with pytest.raises((UnsupportedFormat, CorruptArtifact)):
        parse_manifest(b'{"format_version":' + nested + b"}")


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "..",
        "a/../../x",
        "a/../b",
        "/etc/passwd",
        "//x",
        "",
        ".",
        "./a",
        "a/./b",
        "a//b",
        "a/",
        "..\\x",
        "a\\b",
        "C:x",
        "a\0b",
        "a\nb",
        "manifest.json",
    ],
    ids=repr,
)
def test_manifest_refuses_a_path_outside_the_folder(path: str) -> None:
    with pytest.raises(CorruptArtifact, match="expected a path inside the version's folder"):
        parse_manifest(change(lambda facts: facts["files"].update({path: RECORD.model_dump()})))


@pytest.mark.parametrize("change_one", [change, change_format_1], ids=["format 2", "format 1"])
@pytest.mark.parametrize(
    "edit",
    [
        lambda facts: facts["files"]["model.onnx"].update(size_bytes=-1),
        lambda facts: facts["files"]["model.onnx"].update(sha256="0" * 63),
        lambda facts: facts["files"]["model.onnx"].update(sha256="A" * 64),
        lambda facts: facts["files"]["model.onnx"].update(sha256="0" * 64 + "\n"),
        lambda facts: facts.update(version=0),
        lambda facts: facts.pop("probe"),
        lambda facts: facts["signature"].update(operations=["+", "+", "-", "*"]),
        lambda facts: facts["signature"].update(operations=["^"]),
        lambda facts: facts["signature"].update(operations=[]),
        lambda facts: facts["signature"]["domains"].pop(),
        lambda facts: facts["signature"]["domains"].reverse(),
        lambda facts: facts["probe"]["a"].pop(),
        lambda facts: facts["probe"].update(a=[], b=[], op=[], predictions=[]),
        lambda facts: facts["probe"].update(tolerance=0),
        lambda facts: facts["probe"]["predictions"].__setitem__(0, float("nan")),
        lambda facts: facts["metrics"]["overall"].update(mae=None),
    ],
    ids=[
        "negative size",
        "short digest",
        "digest in capitals",
        "digest with a newline",
        "version zero",
        "no probe",
        "an operation twice",
        "unknown operation",
        "no operation",
        "a domain too few",
        "domains in another order",
        "probe columns differ",
        "probe empty",
        "no tolerance",
        "prediction not finite",
        "metric missing",
    ],
)
def test_manifest_with_a_member_out_of_range_is_corrupt(
    change_one: Callable[[Edit], bytes], edit: Edit
) -> None:
    with pytest.raises(CorruptArtifact, match=r"as artifacts/README\.md specifies it"):
        parse_manifest(change_one(edit))


@pytest.mark.parametrize(
    "edit",
    [
        lambda signature: signature.update(dtype="float16"),
        lambda signature: signature["domains"][0].update(a=[1, -1]),
        lambda signature: signature["domains"][0].update(b=[0, float("inf")]),
    ],
    ids=["unknown dtype", "domain reversed", "domain infinite"],
)
def test_manifest_of_format_1_with_a_bad_signature_is_corrupt(edit: Edit) -> None:
    with pytest.raises(CorruptArtifact, match="fails at signature"):
        parse_manifest(change_format_1(lambda facts: edit(facts["signature"])))


@pytest.mark.parametrize(
    "edit",
    [
        lambda signature: signature["inputs"][0].update(dtype="float16"),
        lambda signature: signature["inputs"][0].update(shape=[None, 7]),
        lambda signature: signature.update(added_inputs=2),
        lambda signature: signature.update(added_inputs=-1),
        lambda signature: signature["outputs"][0].update(shape=[None, 0]),
        lambda signature: signature["outputs"][0].update(shape=[None]),
        lambda signature: signature.update(inputs=[]),
        lambda signature: signature["outputs"].append(signature["outputs"][0]),
        lambda signature: signature.update(arity=[2, 2, 2]),
        lambda signature: signature.update(arity=[2, 2, 2, 1]),
        lambda signature: signature.update(arity=[2, 2, 2, 3]),
        lambda signature: signature["domains"][0].update(regions=[]),
        lambda signature: signature["domains"][0]["regions"][0].update(a=[1, -1]),
        lambda signature: signature["domains"][0]["regions"][0].update(b=[0, float("inf")]),
        lambda signature: signature["domains"][3]["poles"][0].update(operand="c"),
        lambda signature: signature["domains"][3]["poles"][0].update(distance=-1),
        lambda signature: signature["domains"][3]["poles"][0].update(every=0),
    ],
    ids=[
        "unknown dtype", "features of another width", "added inputs that are not read",
        "fewer inputs than none", "no value", "one axis", "no input",
        "a value too many", "an arity too few", "another arity", "three operands", "no region",
        "region reversed", "region infinite", "pole of no operand", "negative distance",
        "poles without distance",
    ],
)  # fmt: skip
def test_manifest_of_format_2_with_a_bad_signature_is_corrupt(edit: Edit) -> None:
    with pytest.raises(CorruptArtifact, match="fails at signature"):
        parse_manifest(change(lambda facts: edit(facts["signature"])))
