"""The files of the pages: addresses, compression, conditions, and what becomes of a change."""

import gzip
import hashlib
import os
import re
import shutil
from pathlib import Path

import httpx
import pytest

from service.http.assets import Assets
from service.routes.static_files import accepts_gzip
from tests.service.refusal import check_refusal
from tests.service.serving import ROOT

STATIC = ROOT / "service" / "static"
SCRIPT = "page/app.js"
FILES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())


@pytest.fixture
def release(client: httpx.Client) -> str:
    """What the page names its files under."""
    found = re.findall(r'"static/(\w{16})/', client.get("/").text)
    assert len(found) >= 5
    assert len(set(found)) == 1
    return str(found[0])


def test_every_file_is_served_as_it_is_under_both_addresses(
    client: httpx.Client, release: str
) -> None:
    assert len(FILES) > 60
    for path in FILES:
        content = (STATIC / path).read_bytes()
        for address in (f"/static/{path}", f"/static/{release}/{path}"):
            answer = client.get(address)  # which unpacks what comes compressed
            assert (answer.status_code, answer.content) == (200, content), address


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (SCRIPT, "text/javascript; charset=utf-8"),
        ("page/style.css", "text/css; charset=utf-8"),
        ("page/icon.svg", "image/svg+xml"),
        ("page/lib/preact.LICENSE", "text/plain; charset=utf-8"),
        ("page/lib/d3.d.ts", "text/plain; charset=utf-8"),
    ],
)
def test_file_has_its_media_type_wherever_it_runs(
    client: httpx.Client, path: str, media_type: str
) -> None:
    assert client.get(f"/static/{path}").headers["content-type"] == media_type


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc"])
def test_page_is_not_kept_and_names_files_of_the_release(
    client: httpx.Client, release: str, path: str
) -> None:
    answer = client.get(path)
    assert answer.headers["cache-control"] == "no-store"
    named = re.findall(r'(?:src|href)="(static/[^"]+)"', answer.text)
    assert named
    for address in named:
        assert address.startswith(f"static/{release}/")
        kept = client.get(f"/{address}").headers["cache-control"]
        assert kept == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_file_that_is_known_is_not_sent_again(
    client: httpx.Client, release: str, method: str, coding: str
) -> None:
    for address in (f"/static/{SCRIPT}", f"/static/{release}/{SCRIPT}"):
        headers = {"Accept-Encoding": coding}
        first = client.request(method, address, headers=headers)
        etag = first.headers["etag"]
        assert re.fullmatch(r'"[0-9a-f]{32}(-gzip)?"', etag)
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = client.request(method, address, headers={**headers, "If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            for name in ("etag", "cache-control", "vary"):
                assert again.headers[name] == first.headers[name]
        other = client.request(method, address, headers={**headers, "If-None-Match": '"other"'})
        assert other.status_code == 200


def test_times_of_files_count_for_nothing(client: httpx.Client) -> None:
    headers = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    answer = client.get(f"/static/{SCRIPT}", headers=headers)
    assert answer.status_code == 200
    assert "last-modified" not in answer.headers


def test_compressed_file_is_another_representation(client: httpx.Client) -> None:
    plain, packed = (
        client.get("/static/redoc.standalone.js", headers={"Accept-Encoding": coding})
        for coding in ("identity", "gzip")
    )
    assert plain.content == packed.content
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "reads"),
    [
        ("gzip", True), ("gzip, deflate, br", True), ("GZIP", True), ("*", True),
        ("gzip;q=0.5", True), ("br, gzip;q=1.0", True), ("gzip; q=0.001", True),
        ("", False), ("identity", False), ("gzip;q=0", False), ("gzip; q=0.000", False),
        ("*;q=0", False), ("gzip;q=0, *", False), ("xgzip", False), ("br", False),
    ],
)  # fmt: skip
def test_file_is_compressed_for_who_reads_that(accepted: str, reads: bool) -> None:
    assert accepts_gzip(accepted) is reads


@pytest.mark.parametrize(
    "path",
    ["0123456789abcdef/page/app.js", "page", "page/", "", "../app.py", "page/../page/app.js"],
)
def test_file_that_is_not_of_this_release_is_none(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/static/{path.replace('..', '%2e%2e')}")
    check_refusal(answer, 404, "not_found", None)
    assert answer.headers["cache-control"] == "no-store"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "page").mkdir(parents=True)
    (folder / "page" / "app.js").write_text("old")
    (folder / "page" / "other.js").write_text("same")
    return folder


def test_change_that_keeps_size_and_time_is_another_release(folder: Path) -> None:
    file = folder / "page" / "app.js"
    os.utime(file, (1, 1))
    assets = Assets(folder)
    old = assets.look()
    file.write_text("new")
    os.utime(file, (1, 1))
    new = assets.look()
    assert (old.files[SCRIPT].content, new.files[SCRIPT].content) == (b"old", b"new")
    assert old.digest != new.digest
    assert old.files["page/other.js"].digest == new.files["page/other.js"].digest
    file.write_text("old")
    assert assets.look().digest == old.digest  # the same content is the same release


def test_name_that_changes_is_another_release(folder: Path) -> None:
    assets = Assets(folder)
    old = assets.look()
    (folder / "page" / "other.js").rename(folder / "page" / "another.js")
    assert assets.look().digest != old.digest


def test_files_that_go_away_below_a_running_service_are_still_served(folder: Path) -> None:
    assets = Assets(folder)
    old = assets.look()
    (folder / "page" / "app.js").unlink()
    (folder / "page" / "app.js").symlink_to("nowhere")
    assert assets.look() is old
    (folder / "page" / "app.js").unlink()
    (folder / "page" / "app.js").write_text("new")
    assert assets.look().files[SCRIPT].content == b"new"
    shutil.rmtree(folder)
    assert assets.look().files[SCRIPT].content == b"new"


def test_files_that_were_never_there_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError):
        Assets(tmp_path).look()


def test_file_is_compressed_once(folder: Path) -> None:
    asset = Assets(folder).look().files[SCRIPT]
    assert gzip.decompress(asset.zip()) == b"old"
    assert asset.zip() is asset.zip()
    assert asset.digest == hashlib.sha256(b"old").hexdigest()[:32]
