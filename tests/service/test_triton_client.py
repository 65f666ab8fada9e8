"""`/v2` as Triton's own clients use it: the blocking one and the one for asyncio."""

import asyncio
from typing import Any

import numpy as np
import pytest
import tritonclient.http as blocking
from numpy.typing import NDArray
from tritonclient.http import aio
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

from tests.service.serving import Server
from tests.service.test_predict import Networks, Rows, make_rows
from tests.service.tiny import check_answers

BOTH_WAYS = pytest.mark.parametrize("binary", [False, True], ids=["json", "binary"])


def find_address(server: Server) -> str:
    return server.url.removeprefix("http://")


def make_input(name: str, values: NDArray[Any], binary: bool) -> Any:
    tensor = blocking.InferInput(name, list(values.shape), np_to_triton_dtype(values.dtype))
    return tensor.set_data_from_numpy(values, binary_data=binary)


def make_inputs(rows: Rows, binary: bool) -> list[Any]:
    a, op, b = zip(*rows, strict=True)
    return [
        make_input("a", np.array(a, np.float64), binary),
        make_input("op", np.array(op, np.object_), binary),
        make_input("b", np.array(b, np.float64), binary),
    ]


def make_outputs(binary: bool) -> list[Any]:
    return [
        blocking.InferRequestedOutput(name, binary_data=binary)
        for name in ("prediction", "out_of_domain")
    ]


def test_blocking_client_learns_what_is_served(server: Server) -> None:
    with blocking.InferenceServerClient(find_address(server)) as client:
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready("mlp")
        assert client.is_model_ready("mlp", "3")
        assert not client.is_model_ready("nope")
        assert client.get_server_metadata()["extensions"] == ["binary_tensor_data"]
        metadata = client.get_model_metadata("mlp")
        assert metadata["versions"] == ["1", "2", "3"]
        assert [tensor["name"] for tensor in metadata["inputs"]] == ["a", "op", "b"]


@BOTH_WAYS
@pytest.mark.parametrize(("model", "version"), [("mlp", ""), ("mlp", "3"), ("arithmetic", "")])
def test_blocking_client_gets_the_networks_answers(
    server: Server, networks: Networks, model: str, version: str, binary: bool
) -> None:
    rows: Rows = [*make_rows(1500), (11, "+", 2)]
    with blocking.InferenceServerClient(find_address(server)) as client:
        for outputs in (None, make_outputs(binary)):  # without any, it asks for all as binary
            result = client.infer(
                model, make_inputs(rows, binary), version, outputs=outputs, request_id="7"
            )
            assert result.get_response()["id"] == "7"
            served = int(result.get_response()["model_version"])
            expected = networks[served].forward(rows)
            check_answers(result.as_numpy("prediction").tolist(), expected)
            assert np.flatnonzero(result.as_numpy("out_of_domain")).tolist() == [1500]


def test_blocking_client_sends_signs_people_type(server: Server, networks: Networks) -> None:
    typed: Rows = [(6, "×", 7), (8, "÷", 4), (9, "−", 2), (3, "+", 4)]  # noqa: RUF001
    meant: Rows = [(6, "*", 7), (8, "/", 4), (9, "-", 2), (3, "+", 4)]
    with blocking.InferenceServerClient(find_address(server)) as client:
        for binary in (False, True):
            result = client.infer("mlp", make_inputs(typed, binary))
            check_answers(result.as_numpy("prediction").tolist(), networks[2].forward(meant))


def test_blocking_client_raises_what_the_service_says(server: Server) -> None:
    with (
        blocking.InferenceServerClient(find_address(server)) as client,
        pytest.raises(InferenceServerException, match="expected a divisor other than") as raised,
    ):
        client.infer("mlp", make_inputs([(1, "+", 1), (1, "/", 0)], binary=True))
    assert raised.value.status() == "422"
    assert raised.value.message().startswith("inputs[2].data[1]: ")


@BOTH_WAYS
def test_asyncio_client_gets_the_networks_answers(
    server: Server, networks: Networks, binary: bool
) -> None:
    rows = make_rows(1500)

    async def ask() -> list[Any]:
        async with aio.InferenceServerClient(find_address(server)) as client:
            assert await client.is_server_ready()
            assert await client.is_model_ready("mlp", "1")
            with pytest.raises(InferenceServerException, match="expected a version"):
                await client.get_model_metadata("mlp", "9")
            asking = (client.infer("mlp", make_inputs(rows, binary), str(v)) for v in (1, 2, 3))
            return await asyncio.gather(*asking)

    for version, result in enumerate(asyncio.run(ask()), start=1):
        assert result.get_response()["model_version"] == str(version)
        check_answers(result.as_numpy("prediction").tolist(), networks[version].forward(rows))
