"""What nobody foresaw: an answer in the one shape that tells nothing of the inside."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest

from service.app import create_app
from service.settings import Settings
from tests.service.refusal import check_protocol_refusal, check_refusal


@pytest.mark.parametrize("path", ["/health/ready", "/v2/health/ready"])
def test_unexpected_error_is_answered_in_shape_without_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    app = create_app(Settings(artifacts=str(tmp_path)))

    def fail() -> None:
        raise ZeroDivisionError("secret of the inside")

    monkeypatch.setattr(app.state.components.catalogue, "explain_unready", fail)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    answer = asyncio.run(ask())
    if path.startswith("/v2/"):
        check_protocol_refusal(answer, 500)
    else:
        check_refusal(answer, 500, "internal_error", None)
    assert "secret" not in answer.text


def test_watch_outlives_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    catalogue = create_app(Settings(artifacts=str(tmp_path))).state.components.catalogue
    looks: list[int] = []

    async def fail() -> None:
        looks.append(len(looks))
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(catalogue, "refresh", fail)

    async def watch() -> None:
        watching = asyncio.create_task(catalogue.watch(0.001))
        while len(looks) < 3:
            await asyncio.sleep(0.001)
        watching.cancel()

    with caplog.at_level(logging.ERROR):
        asyncio.run(watch())
    assert "disk on fire" in caplog.text
