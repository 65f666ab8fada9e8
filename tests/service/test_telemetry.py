"""OpenTelemetry: off unless configured, and then FastAPI's own spans, sent by OTLP."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tabuada.artifacts.store import Store
from tests.service.refusal import JSON, check_refusal
from tests.service.serving import Server

BODY = {"expressions": ["1 + 1"]}
TRACE = "0af7651916cd43dd8448eb211c80319c"


class Collector(ThreadingHTTPServer):
    """Keeps what is sent to it, by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Sink)
        self.received: dict[str, list[bytes]] = {}

    def read_spans(self) -> list[tuple[str, str]]:
        """Return trace ids and names of the spans that came."""
        spans = []
        for content in self.received.get("/v1/traces", []):
            request = ExportTraceServiceRequest.FromString(content)
            scopes = [
                scope for resource in request.resource_spans for scope in resource.scope_spans
            ]
            spans += [(span.trace_id.hex(), span.name) for scope in scopes for span in scope.spans]
        return spans


class Sink(BaseHTTPRequestHandler):
    """Takes whatever is sent."""

    server: Collector

    def do_POST(self) -> None:
        """Take it."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        self.server.received.setdefault(self.path, []).append(content)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.serve_forever)
    thread.start()
    yield collector
    collector.shutdown()
    thread.join()
    collector.server_close()


def ask_traced(
    store: Store, log: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch, telemetry: str
) -> httpx.Response:
    port = collector.server_address[1]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "tabuada")
    server = Server(store.location, log, telemetry=telemetry)
    server.wait_ready()
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    answer = httpx.post(f"{server.url}/predict", json=BODY, headers=headers)
    assert answer.status_code == 200
    refused = httpx.post(f"{server.url}/predict", json={"instances": [{"a": 1}]}, headers=headers)
    check_refusal(refused, 422, "invalid_request", "instances[0].op")
    not_json = httpx.post(f"{server.url}/predict", content=b"{", headers={**headers, **JSON})
    check_refusal(not_json, 400, "not_json", None)
    assert server.stop() == 0
    assert "Traceback" not in server.log()
    return answer


def test_telemetry_sends_the_spans_of_a_request_in_the_trace_of_its_client(
    store: Store, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ask_traced(store, tmp_path / "log", collector, monkeypatch, "true")
    assert answer.headers["x-model-version"] == "2"
    assert (TRACE, "POST /predict") in collector.read_spans()
    assert "/v1/metrics" in collector.received


def test_without_the_setting_nothing_is_sent(
    store: Store, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_traced(store, tmp_path / "log", collector, monkeypatch, "false")
    assert collector.received == {}
