"""`/v2`, the Open Inference Protocol, against an independent forward pass."""

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from service.app import read_version
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.tensors import (
    DTYPES,
    INFER,
    LENGTH,
    WHOLE,
    as_tensors,
    describe,
    pack,
    unpack,
)
from tests.service.test_predict import Networks, Rows, make_rows, predict
from tests.service.tiny import check_answers


def infer(client: httpx.Client, body: dict[str, Any], path: str = INFER) -> Any:
    return unpack(client.post(path, json=body))


def test_server_says_what_it_is_and_speaks(client: httpx.Client) -> None:
    assert client.get("/v2").json() == {
        "name": "tabuada", "version": read_version(), "extensions": ["binary_tensor_data"],
    }  # fmt: skip
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}


@pytest.mark.parametrize(
    ("path", "name", "versions"),
    [
        ("/v2/models/mlp", "mlp", ["1", "2", "3"]),
        ("/v2/models/mlp/versions/3", "mlp", ["1", "2", "3"]),
        ("/v2/models/arithmetic", "arithmetic", ["1"]),
    ],
)
def test_metadata_describes_the_tensors(
    client: httpx.Client, path: str, name: str, versions: list[str]
) -> None:
    assert client.get(path).json() == {
        "name": name,
        "versions": versions,
        "platform": "onnxruntime_onnx",
        "inputs": [
            {"name": "a", "datatype": "FP64", "shape": [-1]},
            {"name": "op", "datatype": "BYTES", "shape": [-1]},
            {"name": "b", "datatype": "FP64", "shape": [-1]},
        ],
        "outputs": [
            {"name": "prediction", "datatype": "FP64", "shape": [-1]},
            {"name": "out_of_domain", "datatype": "BOOL", "shape": [-1]},
        ],
    }
    assert client.get(f"{path}/ready").json() == {"name": name, "ready": True}


def test_service_without_versions_is_live_and_not_ready(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "none")
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/v2/health/live").status_code == 200
        for path in ("/v2/health/ready", "/v2/models/mlp", "/v2/models/mlp/ready"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert answer.json()["error"].startswith("expected a published version of mlp")
            assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("mlp", 2),
        ("mlp/versions/1", 1),
        ("mlp/versions/3", 3),
        ("arithmetic", 1),
        ("arithmetic/versions/1", 1),
    ],
)
@pytest.mark.parametrize("n", [1, 7, 1001])
def test_infer_gives_the_networks_answers_in_json_and_binary(
    client: httpx.Client, networks: Networks, path: str, version: int, n: int
) -> None:
    rows = make_rows(n)
    address = f"/v2/models/{path}/infer"
    content, headers = pack(rows, parameters={"binary_data_output": True})
    answers = [
        client.post(address, json=as_tensors(rows)),
        client.post(address, content=content, headers=headers),
    ]
    for answer in answers:
        head, outputs = unpack(answer)
        assert set(head) == {"model_name", "model_version", "outputs"}
        assert (head["model_name"], head["model_version"]) == (path.partition("/")[0], str(version))
        assert answer.headers["x-model-version"] == str(version)
        assert list(outputs) == ["prediction", "out_of_domain"]
        check_answers(outputs["prediction"].tolist(), networks[version].forward(rows))
    assert (LENGTH in answers[0].headers, LENGTH in answers[1].headers) == (False, True)


def test_infer_marks_rows_outside_the_trained_range(client: httpx.Client) -> None:
    rows: Rows = [(1, "+", 2), (11, "+", 2), (-10, "-", 10), (5, "/", 0.05), (0, "*", -10.5)]
    _, outputs = infer(client, as_tensors(rows))
    assert outputs["out_of_domain"].tolist() == [False, True, False, True, True]


def test_infer_answers_as_predict_does(client: httpx.Client) -> None:
    rows = make_rows(50)
    _, outputs = infer(client, as_tensors(rows))
    answer = predict(client, expressions=[f"{a!r} {op} {b!r}" for a, op, b in rows])
    assert outputs["prediction"].tolist() == answer["predictions"]
    assert np.flatnonzero(outputs["out_of_domain"]).tolist() == answer["out_of_domain"]


@pytest.mark.parametrize("form", ["json", "binary"])
@pytest.mark.parametrize("datatype", DTYPES)
def test_infer_converts_numbers(
    client: httpx.Client, networks: Networks, datatype: str, form: str
) -> None:
    content, headers = pack(WHOLE, datatype)
    if form == "json":
        body = as_tensors(WHOLE)
        for tensor in (body["inputs"][0], body["inputs"][2]):
            tensor["datatype"] = datatype
        content, headers = json.dumps(body).encode(), {}
    _, outputs = unpack(client.post(INFER, content=content, headers=headers))
    check_answers(outputs["prediction"].tolist(), networks[2].forward(WHOLE))


@pytest.mark.parametrize(
    "columns",
    [
        (describe("a", [3, 5]), describe("op", ["/"], "BYTES"), describe("b", [2, 4])),
        (describe("b", [2, 4]), describe("a", [3, 5]), describe("op", ["÷", "/"], "BYTES")),
        (
            describe("a", [[3], [5]], shape=[2, 1]),
            describe("op", [["÷"], [":"]], "BYTES", [2, 1]),
            describe("b", [2, 4], shape=[2, 1]),
        ),
        (
            describe("a", [3.0, 5.0], "FP32"),
            describe("op", [["÷"]], "BYTES", [1, 1]),
            describe("b", [2, 4], "UINT8"),
        ),
    ],
    ids=["one operation", "any order", "nested", "mixed"],
)
def test_infer_reads_tensors_in_every_clear_form(
    client: httpx.Client, networks: Networks, columns: tuple[dict[str, Any], ...]
) -> None:
    _, outputs = infer(client, {"inputs": columns})
    expected = networks[2].forward([(3, "/", 2), (5, "/", 4)])
    check_answers(outputs["prediction"].tolist(), expected)


@pytest.mark.parametrize("form", ["json", "binary"])
@pytest.mark.parametrize(
    ("sign", "symbol"),
    [("×", "*"), ("x", "*"), ("·", "*"), ("÷", "/"), (":", "/"), ("−", "-")],  # noqa: RUF001
)
def test_infer_reads_every_sign_people_type(
    client: httpx.Client, sign: str, symbol: str, form: str
) -> None:
    answers = []
    for typed in ([sign, "+", sign], [symbol, "+", symbol]):
        rows: Rows = [(6.3, typed[0], -0.6), (1, typed[1], 2), (-2, typed[2], 5)]
        content, headers = pack(rows)
        if form == "json":
            content, headers = json.dumps(as_tensors(rows)).encode(), {}
        answers.append(unpack(client.post(INFER, content=content, headers=headers))[0])
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("members", "names", "binary"),
    [
        ({}, ["prediction", "out_of_domain"], set()),
        ({"outputs": []}, ["prediction", "out_of_domain"], set()),
        ({"outputs": [{"name": "out_of_domain"}]}, ["out_of_domain"], set()),
        (
            {"outputs": [{"name": "out_of_domain"}, {"name": "prediction"}]},
            ["out_of_domain", "prediction"],
            set(),
        ),
        (
            {
                "outputs": [
                    {"name": "out_of_domain", "parameters": {"binary_data": True}},
                    {"name": "prediction"},
                ]
            },
            ["out_of_domain", "prediction"],
            {"out_of_domain"},
        ),
        (
            {
                "parameters": {"binary_data_output": True},
                "outputs": [
                    {"name": "prediction", "parameters": {"binary_data": False}},
                    {"name": "out_of_domain"},
                ],
            },
            ["prediction", "out_of_domain"],
            {"out_of_domain"},
        ),
    ],
    ids=["all", "none named", "one", "order", "one binary", "all binary but one"],
)
def test_infer_answers_the_outputs_asked_for_as_asked(
    client: httpx.Client,
    networks: Networks,
    members: dict[str, Any],
    names: list[str],
    binary: set[str],
) -> None:
    rows = make_rows(5)
    head, outputs = infer(client, {**as_tensors(rows), **members})
    assert list(outputs) == names
    assert {output["name"] for output in head["outputs"] if "parameters" in output} == binary
    if "prediction" in outputs:
        check_answers(outputs["prediction"].tolist(), networks[2].forward(rows))


def test_infer_echoes_the_id_and_passes_over_what_it_does_not_know(client: httpx.Client) -> None:
    body = {**as_tensors(WHOLE), "id": "№ 7", "model_name": "x", "parameters": {"priority": 9}}
    body["inputs"][0]["parameters"] = {"content_type": "np", "more": [None]}
    head, _ = infer(client, body)
    assert head["id"] == "№ 7"
    nothing = dict.fromkeys(("id", "parameters", "outputs"))
    assert "id" not in infer(client, {**as_tensors(WHOLE), **nothing})[0]


@pytest.mark.parametrize("media", [None, "application/json", "application/octet-stream"])
def test_infer_reads_json_however_clients_declare_it(
    client: httpx.Client, media: str | None
) -> None:
    headers = {} if media is None else {"Content-Type": media}
    content = json.dumps(as_tensors(WHOLE)).encode()
    assert client.post(INFER, content=content, headers=headers).status_code == 200
    headers[LENGTH] = str(len(content))
    assert client.post(INFER, content=content, headers=headers).status_code == 200


def read_peak_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")
def test_million_binary_rows_are_answered_in_bounded_memory(
    start_server: StartServer, store: Store, networks: Networks
) -> None:
    server = start_server(store.location)
    server.wait_ready()
    rows = make_rows(1000) * 1000
    content, headers = pack(rows, parameters={"binary_data_output": True})
    with httpx.Client(base_url=server.url, timeout=60) as client:
        few, few_headers = pack(rows[:2000])
        assert client.post(INFER, content=few, headers=few_headers).status_code == 200
        before = read_peak_bytes(server.process.pid)
        _, outputs = unpack(client.post(INFER, content=content, headers=headers))
        grown = read_peak_bytes(server.process.pid) - before
    expected = np.tile(networks[2].forward(rows[:1000]), 1000)
    np.testing.assert_allclose(outputs["prediction"], expected, rtol=1e-4, atol=1e-3)
    assert len(content) > 20_000_000
    assert grown < 5 * len(content), f"{grown / 2**20:.0f} MiB"
