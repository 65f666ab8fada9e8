"""Publishers on object storage that lose the network, are killed, or meet others."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tabuada.artifacts.publishing import prune, publish
from tabuada.artifacts.store import Store
from tabuada.errors import StoreNotWritable
from tests.s3 import S3Server
from tests.tabuada.remote.test_remote_store import read_whole
from tests.tabuada.samples import FILES, describe, write_files

WRITES_OF_A_PUBLISHER = 3 + 1 + len(FILES) + 1  # a probe, the claim, the files, the manifest
PUBLISH = """
import sys
from pathlib import Path
from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tests.tabuada.samples import describe

sys.stdin.readline()
publish(Store(sys.argv[1], Path(sys.argv[2])), Path(sys.argv[3]), describe())
"""


def age_claims(store: Store) -> None:
    """Make every claim look as if it were of last week."""
    then = (datetime.now(UTC) - timedelta(days=7)).isoformat()
    for name in store.storage.list_names("mlp/claims"):
        store.storage.replace(f"mlp/claims/{name}", json.dumps({"claimed_at": then}).encode())


def list_versions_with_files(store: Store) -> list[str]:
    return sorted(name for name in store.storage.list_names("mlp") if name.isdigit())


def check_unharmed(store: Store, source: Path, before: list[int]) -> None:
    """What is left after a publisher that did not get through: nothing that anybody sees."""
    assert read_whole(store) == before
    following = publish(store, source, describe()).version
    assert following > max(before)
    assert read_whole(store) == [*before, following]
    age_claims(store)
    last = publish(store, source, describe()).version
    whole = [*before, following, last]
    assert list_versions_with_files(store) == sorted(map(str, whole))
    assert read_whole(store) == whole


@pytest.mark.parametrize("step", range(1, WRITES_OF_A_PUBLISHER + 1))
def test_publisher_cut_off_at_any_write_shows_nothing(
    step: int, published: Store, source: Path, s3: S3Server
) -> None:
    with s3.disturbed() as network:
        network.refuse_from = step
        with pytest.raises(StoreNotWritable, match="Nothing was published"):
            publish(published, source, describe())
        assert len(network.writes) >= step
    check_unharmed(published, source, [1, 2])


def test_publisher_needs_no_more_writes_than_that(
    published: Store, source: Path, s3: S3Server
) -> None:
    with s3.disturbed() as network:
        publish(published, source, describe())
    assert len(network.writes) == WRITES_OF_A_PUBLISHER
    assert network.writes[-1].endswith("/mlp/3/manifest.json")


@pytest.mark.parametrize("step", [5, WRITES_OF_A_PUBLISHER], ids=["claimed", "all there"])
def test_publisher_killed_shows_nothing(
    step: int, published: Store, source: Path, s3: S3Server, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", PUBLISH, published.location, str(tmp_path), str(source)]
    with (
        s3.disturbed() as network,
        subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process,
    ):
        network.kill = (process.pid, step)
        process.communicate("go\n", timeout=120)
        assert process.returncode == -9
    assert "3" in list_versions_with_files(published) or step == 5
    check_unharmed(published, source, [1, 2])


@pytest.mark.parametrize("step", [4, WRITES_OF_A_PUBLISHER], ids=["the claim", "the manifest"])
def test_publisher_whose_write_succeeded_with_its_answer_lost_goes_on(
    step: int, published: Store, source: Path, s3: S3Server
) -> None:
    with s3.disturbed() as network:
        network.lose_answer_of = step
        assert publish(published, source, describe()).version == 3
    assert len(network.writes) == WRITES_OF_A_PUBLISHER + 1
    assert read_whole(published) == [1, 2, 3]


@pytest.mark.parametrize("step", [4, 5, 6, 9, 12, 13, 14])
def test_prune_cut_off_leaves_whole_versions_only(
    step: int, published: Store, source: Path, s3: S3Server
) -> None:
    publish(published, source, describe())
    with s3.disturbed() as network:
        network.refuse_from = step
        with pytest.raises(StoreNotWritable):
            prune(published, "mlp", 1)
    left = read_whole(published)
    assert left in ([1, 2, 3], [2, 3], [3])
    assert (left == [1, 2, 3]) == (step < 6)  # a probe and a claim come before
    check_unharmed(published, source, left)


def test_remote_publishers_at_once_get_versions_of_their_own(
    published: Store, tmp_path: Path
) -> None:
    def publish_own(number: int) -> int:
        source = write_files(tmp_path / str(number), {"publisher": str(number).encode()})
        store = Store(published.location, tmp_path / "cache of all")
        return publish(store, source, describe(seed=number)).version

    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(publish_own, range(8)))
    assert sorted(versions) == list(range(3, 11))
    for number, version in enumerate(versions):
        artifact = published.open("mlp", version)
        assert artifact.read("publisher").decode() == str(artifact.manifest.seed) == str(number)


def test_files_of_a_version_that_somebody_copies_there_are_left_alone(
    published: Store, source: Path
) -> None:
    published.storage.replace("mlp/3/model.onnx", b"on its way")
    age_claims(published)
    assert publish(published, source, describe()).version == 4
    assert list_versions_with_files(published) == ["1", "2", "3", "4"]
