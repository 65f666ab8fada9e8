"""A store with signed versions, and keys: one that is trusted, one that is not."""

import pytest

from tabuada.artifacts.signatures import TrustedKeys, sign_version
from tabuada.artifacts.store import Store
from tests.keys import KeyPair, make_key

Keys = tuple[KeyPair, KeyPair]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """A key that is trusted, and one that is not."""
    folder = tmp_path_factory.mktemp("keys")
    return make_key(folder, "ours"), make_key(folder, "theirs")


@pytest.fixture(scope="session")
def trusted(keys: Keys) -> TrustedKeys:
    """The one that is."""
    return TrustedKeys([keys[0].public])


@pytest.fixture
def signed(published: Store, keys: Keys) -> Store:
    """A store with versions 1 and 2 of `mlp`, both signed."""
    for version in (1, 2):
        sign_version(published, "mlp", version, keys[0].private)
    return published
