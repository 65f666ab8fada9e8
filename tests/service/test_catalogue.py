"""Picking up what is published, and ignoring what is damaged, while serving."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.publishing import remove_label, set_label
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.refusal import check_refusal
from tests.service.serving import Server
from tests.service.test_predict import Networks, make_rows
from tests.service.tiny import check_answers, publish_tiny

BODY = {"expressions": ["1 + 1"]}


@pytest.fixture
def own_store(tmp_path: Path) -> Store:
    return Store(tmp_path / "artifacts")


def ask_version(server: Server, **choice: object) -> int:
    answer = httpx.post(f"{server.url}/predict", json={**BODY, **choice})
    assert answer.status_code == 200, answer.text
    version: int = answer.json()["version"]
    return version


def wait_until(what: str, server: Server) -> None:
    end = time.monotonic() + 60
    while what not in server.log():
        assert time.monotonic() < end, server.log()
        time.sleep(0.05)


def test_service_without_versions_waits_for_the_first(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    server = start_server(own_store.location)
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/health/live").status_code == 200
        check_refusal(client.get("/health/ready"), 503, "not_ready", None)
        check_refusal(client.post("/predict", json=BODY), 503, "not_ready", None)
        check_refusal(client.post("/evaluate", json={"sample": {}}), 503, "not_ready", None)
        assert client.get("/models").json() == {"models": []}
        assert client.get("/health/ready").headers["retry-after"] == "1"
        publish_tiny(own_store, tmp_path / "work", networks[1])
        server.wait_ready()
        assert client.get("/health/ready").json() == {
            "status": "ready", "model": "mlp", "version": 1,
        }  # fmt: skip
        assert client.post("/predict", json=BODY).status_code == 200


def test_new_version_is_picked_up_between_two_answers(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    publish_tiny(own_store, tmp_path / "work1", networks[1])
    server = start_server(own_store.location)
    server.wait_ready()
    rows = make_rows(20)
    expected = {version: networks[version].forward(rows) for version in (1, 2)}
    body = {"a": [r[0] for r in rows], "op": [r[1] for r in rows], "b": [r[2] for r in rows]}

    async def ask(client: httpx.AsyncClient, seen: list[int]) -> None:
        while seen.count(2) < 20:
            answer = await client.post("/predict", json=body)
            assert answer.status_code == 200
            version = answer.json()["version"]
            check_answers(answer.json()["predictions"], expected[version])
            seen.append(version)

    async def ask_and_publish() -> list[list[int]]:
        seen: list[list[int]] = [[] for _ in range(4)]
        async with httpx.AsyncClient(base_url=server.url) as client:
            asking = [asyncio.create_task(ask(client, part)) for part in seen]
            await asyncio.sleep(0.2)
            await asyncio.to_thread(publish_tiny, own_store, tmp_path / "work2", networks[2])
            await asyncio.wait_for(asyncio.gather(*asking), 60)
        return seen

    for part in asyncio.run(ask_and_publish()):
        assert part == sorted(part)
        assert set(part) == {1, 2}


def test_labels_move_the_default_and_back(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    for version in (1, 2):
        publish_tiny(own_store, tmp_path / f"work{version}", networks[version])
    server = start_server(own_store.location)
    server.wait_ready()
    assert ask_version(server) == 2
    set_label(own_store, "mlp", "stable", 1)
    server.wait_for_version(1)
    assert (ask_version(server), ask_version(server, label="stable")) == (1, 1)
    remove_label(own_store, "mlp", "stable")
    server.wait_for_version(2)
    assert ask_version(server, version=1) == 1


def flip_a_bit(network: Path) -> None:
    content = network.read_bytes()
    network.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def link_to_it(network: Path) -> None:
    network.rename(network.with_suffix(".kept"))
    network.symlink_to(network.with_suffix(".kept"))


def put_a_pipe(network: Path) -> None:  # to open one waits for a writer, if nobody takes care
    network.unlink()
    os.mkfifo(network)


def put_a_folder(network: Path) -> None:
    network.unlink()
    network.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "byte": flip_a_bit,
    "missing": Path.unlink,
    "link": link_to_it,
    "pipe": put_a_pipe,
    "folder": put_a_folder,
    "huge": lambda network: os.truncate(network, 2**33),
    "manifest": lambda network: network.with_name("manifest.json").write_text("{}"),
    "lie": lambda _: None,
}


@dataclass(frozen=True)
class Damaged:
    """A running service, for which version 2 of each of many models was spoiled in its own way.

    Attributes:
        server: The service.
        store: What it serves; `whole` is a model of two good versions.
        networks: What `model.onnx` of version 2 held before, by model.
    """

    server: Server
    store: Store
    networks: dict[str, bytes]

    def wait_for_looks(self) -> None:
        """Wait until the service has looked at its store twice more."""
        for version in (1, 2):
            set_label(self.store, "whole", "stable", version)
            self.server.wait_for_version(version, model="whole")


@pytest.fixture(scope="module")
def damaged(networks: Networks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Damaged]:
    """Version 1 of each model serves when a damaged version 2 comes into its folder."""
    folder = tmp_path_factory.mktemp("damaged")
    store, prepared = Store(folder / "artifacts"), Store(folder / "elsewhere")
    for number in (1, 2):
        publish_tiny(store, folder / f"whole{number}", networks[number], model="whole")
    for damage in DAMAGES:
        publish_tiny(store, folder / f"{damage}1", networks[1], model=damage)
        for number in (1, 2):
            work = folder / f"{damage}-elsewhere{number}"
            lie = 0.5 if damage == "lie" else 0.0
            publish_tiny(prepared, work, networks[2], model=damage, lie=lie)
    server = Server(store.location, folder / "log", default_model="whole", poll_interval_s=0.05)
    try:
        for damage in DAMAGES:
            server.wait_for_version(1, model=damage)
        whole = {}
        for damage, spoil in DAMAGES.items():
            version = Path(prepared.location) / damage / "2"
            whole[damage] = (version / "model.onnx").read_bytes()
            spoil(version / "model.onnx")
            version.rename(Path(store.location) / damage / "2")
        yield Damaged(server, store, whole)
    finally:
        server.stop()


@pytest.mark.parametrize("damage", DAMAGES)
def test_bad_version_changes_nothing_but_the_log(damaged: Damaged, damage: str) -> None:
    server, refused = damaged.server, f"Refused {damage} version 2"
    wait_until(refused, server)
    damaged.wait_for_looks()
    assert server.log().count(refused) == 1
    assert "Traceback" not in server.log()
    assert ask_version(server, model=damage) == 1
    body = {**BODY, "model": damage, "version": 2}
    message = check_refusal(
        httpx.post(f"{server.url}/predict", json=body), 503, "version_unavailable", None
    )
    assert str(Path(damaged.store.location).parent) not in message
    assert server.log().count(refused) == 1


def test_repaired_version_is_tried_again(damaged: Damaged) -> None:
    wait_until("Refused byte version 2", damaged.server)
    network = Path(damaged.store.location) / "byte/2/model.onnx"
    network.write_bytes(damaged.networks["byte"])
    damaged.server.wait_for_version(2, model="byte")


def test_versions_are_loaded_once_and_forgotten_in_turn(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    for number in range(1, 6):
        publish_tiny(own_store, tmp_path / f"work{number}", networks[1])
    server = start_server(own_store.location, loaded_versions=2, log_level="debug")
    server.wait_ready()

    async def ask_together(version: int) -> None:
        async with httpx.AsyncClient(base_url=server.url) as client:
            body = {**BODY, "version": version}
            answers = await asyncio.gather(*(client.post("/predict", json=body) for _ in range(16)))
            assert {answer.json()["version"] for answer in answers} == {version}

    for version in (1, 2, 3, 1):
        asyncio.run(ask_together(version))
    loaded = re.findall(r"Loaded mlp version (\d+)", server.log())
    assert loaded == ["5", "1", "2", "3", "1"]


def test_removed_version_is_not_found_and_vanished_store_goes_on_answering(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    for number in (1, 2):
        publish_tiny(own_store, tmp_path / f"work{number}", networks[1])
    server = start_server(own_store.location)
    server.wait_ready()
    assert ask_version(server, version=1) == 1
    (Path(own_store.location) / "mlp/1").rename(tmp_path / "removed")
    end = time.monotonic() + 60
    body = {**BODY, "version": 1}
    while (answer := httpx.post(f"{server.url}/predict", json=body)).status_code == 200:
        assert time.monotonic() < end
    check_refusal(answer, 404, "unknown_version", "version")
    Path(own_store.location).rename(tmp_path / "gone")
    wait_until("The store holds no version of mlp any more", server)
    assert ask_version(server) == 2
    assert httpx.get(f"{server.url}/health/ready").status_code == 200


def test_models_are_listed_with_versions_and_labels(client: httpx.Client, store: Store) -> None:
    client.post("/predict", json={**BODY, "model": "arithmetic"})
    mlp = {
        "model": "mlp",
        "versions": [1, 2, 3],
        "labels": {"canary": 3, "stable": 2},
        "default_version": 2,
        "serving_version": 2,
        "serving_digest": store.read_manifest("mlp", 2)[1],
    }
    assert client.get("/models/mlp").json() == mlp
    listed = client.get("/models").json()["models"]
    assert [entry["model"] for entry in listed] == ["arithmetic", "mlp"]
    assert listed[1] == mlp
    manifest = client.get("/models/mlp/versions/3").json()
    assert manifest == store.manifest("mlp", 3).model_dump(mode="json")
