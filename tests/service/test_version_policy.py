"""Which version answers by default: as written, as understood, and as served."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest

from service.errors import NotReady
from service.policies import parse_policies
from service.versions.version_policy import list_candidates
from tabuada.artifacts.publishing import remove_label, set_label
from tabuada.artifacts.store import Store
from tests.service.catalogues import Recorder, make_catalogue
from tests.service.conftest import StartServer
from tests.service.refusal import check_refusal
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    """`mlp` with versions 1 to 3, `stable` at 1."""
    store = Store(tmp_path / "artifacts")
    for version, network in networks.items():
        publish_tiny(store, tmp_path / f"work{version}", network)
    set_label(store, "mlp", "stable", 1)
    return store


@pytest.mark.parametrize(
    ("text", "policies"),
    [
        ("", {}),
        (" , ", {}),
        ("mlp=3", {"mlp": "3"}),
        (" mlp = 3 , a-b=canary,c=latest,", {"mlp": "3", "a-b": "canary", "c": "latest"}),
    ],
)
def test_policies_are_read(text: str, policies: dict[str, str]) -> None:
    assert parse_policies(text) == policies


@pytest.mark.parametrize(
    "text",
    ["mlp", "mlp=", "=3", "mlp=0", "mlp=03", "mlp=-1", "mlp=1.5", "mlp=1234567890", "mlp=Canary",
     "../mlp=3", "mlp=3;other=4", "mlp=3,mlp=4", "mlp==3", "mlp=٣"],
)  # fmt: skip
def test_policies_that_break_the_rule_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r'expected .* Received: "[^"]+".*\. [A-Z]'):
        parse_policies(text)


@pytest.mark.parametrize(
    ("policy", "candidates"),
    [("latest", (7, 4, 2)), ("4", (4,)), ("3", ()), ("canary", (2,)), ("gone", ()), ("none", ())],
)
def test_only_latest_has_a_second_choice(policy: str, candidates: tuple[int, ...]) -> None:
    assert list_candidates(policy, (2, 4, 7), {"canary": 2, "gone": 5}) == candidates


@pytest.mark.parametrize(
    ("policy", "version"),
    [("", 1), ("mlp=2", 2), ("mlp=latest", 3), ("mlp=stable", 1), ("other=2", 1)],
)
def test_catalogue_answers_with_what_the_policy_means(
    own_store: Store, policy: str, version: int
) -> None:
    async def look() -> None:
        catalogue = make_catalogue(own_store, policies=parse_policies(policy))
        await catalogue.refresh()
        assert (await catalogue.find()).manifest.version == version
        (state,) = catalogue.describe()
        assert state.default_version == state.serving_version == version

    asyncio.run(look())


@pytest.mark.parametrize(("policy", "version"), [("", 1), ("mlp=latest", 3)])
def test_service_answers_with_what_the_policy_means(
    start_server: StartServer, own_store: Store, policy: str, version: int
) -> None:
    server = start_server(own_store.location, version_policy=policy)
    server.wait_ready()
    answer = httpx.post(f"{server.url}/predict", json={"expressions": ["1+1"]}).json()
    listed = httpx.get(f"{server.url}/models/mlp").json()
    assert answer["version"] == listed["default_version"] == listed["serving_version"] == version


def test_policy_that_means_nothing_yet_is_not_ready_and_says_so_once(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    server = start_server(own_store.location, version_policy="mlp=4", poll_interval_s=0.05)
    server.wait_for_line("Not ready: expected the policy of mlp to mean one of its versions 1, 2")
    with httpx.Client(base_url=server.url) as client:
        body = {"expressions": ["1+1"]}
        for answer in (client.get("/health/ready"), client.post("/predict", json=body)):
            message = check_refusal(answer, 503, "not_ready", None)
            assert "Received: 4, with labels stable=1." in message
        assert client.post("/predict", json={**body, "version": 2}).status_code == 200
        assert "default_version" not in client.get("/models/mlp").json()
        for _ in range(10):
            client.get("/health/ready")
    assert server.log().count("expected the policy of mlp") == 1
    publish_tiny(own_store, tmp_path / "work4", networks[1])
    server.wait_ready()
    assert "Traceback" not in server.log()


def test_model_goes_on_when_its_policy_loses_its_meaning(
    own_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()

    async def lose_and_regain() -> None:
        catalogue = make_catalogue(own_store, policies={"mlp": "canary"}, events=recorder)
        await catalogue.refresh()
        with pytest.raises(NotReady, match="Received: canary, with labels stable=1"):
            await catalogue.find()
        set_label(own_store, "mlp", "canary", 3)
        await catalogue.refresh()
        assert (await catalogue.find()).manifest.version == 3
        for _ in range(3):
            remove_label(own_store, "mlp", "canary")
            for _ in range(3):
                await catalogue.refresh()
                assert (await catalogue.find()).manifest.version == 3
                assert catalogue.explain_unready() is None
                (state,) = catalogue.describe()
                assert (state.default_version, state.serving_version) == (None, 3)
                assert state.problem
                assert "canary" in state.problem
            set_label(own_store, "mlp", "canary", 3)
            await catalogue.refresh()
            assert catalogue.describe()[0].problem is None

    with caplog.at_level(logging.INFO):
        asyncio.run(lose_and_regain())
    assert caplog.text.count("expected the policy of mlp") == 4  # once each time
    assert recorder.take() == [("loaded", "mlp", 3), ("switched", "mlp", None, 3)]
