"""The manual for operators, held to what the service takes and has."""

import re

import httpx
import pytest

from service.settings import PREFIX, Settings
from tabuada.artifacts.store import Store
from tests.readme import ROOT
from tests.service.conftest import StartServer

# Where a variable that is no setting of the service may be read.
OTHER_READERS = [ROOT / "docker-compose.yml", *sorted((ROOT / "trainer").glob("*.py"))]
MANUAL = (ROOT / "deploy" / "README.md").read_text("utf-8")


def test_manual_describes_every_setting_with_its_default() -> None:
    section = MANUAL.partition("## Every setting")[2]
    rows = re.findall(r"^\| `(TABUADA_\w+)` \| (?:`([^`]*)`)? *\| (.+) \|$", section, re.M)
    described = {name: (default, text) for name, default, text in rows}
    assert list(described) == [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        default, text = described[f"{PREFIX}{name.upper()}"]
        assert text == field.description
        value = field.default
        if default:
            assert default == (str(value).lower() if isinstance(value, bool) else str(value))
        else:
            assert str(value) in ("None", "", "{}"), name


def test_manual_names_settings_that_exist() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for file in OTHER_READERS:
        known |= set(re.findall(r"TABUADA_[A-Z_]+", file.read_text("utf-8")))
    assert set(re.findall(r"TABUADA_[A-Z_]+", MANUAL)) <= known


def test_manual_names_routes_that_exist(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, admin_keys="admin-key-0123456789")
    server.wait_ready()
    paths = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    named = set(re.findall(r"`(?:(?:GET|POST|PUT|DELETE)(?:`, `)?)?[A-Z ]*(/[a-z/{}]+)`", MANUAL))
    assert {"/metrics", "/admin/models", "/health/ready"} <= named
    assert {path for path in named if path.rstrip("/") not in ("/health", "/admin")} <= set(paths)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z/]+/[a-z.]*)` \|", MANUAL))))
def test_manual_names_files_that_exist(path: str) -> None:
    assert (ROOT / "deploy" / path).exists()
