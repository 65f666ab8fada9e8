"""What Prometheus is told about the service. Knows nothing of HTTP but names and numbers.

With several workers, each counts in memory that they share, and any of them answers for all.
"""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from service.batching.batcher import Run
from service.merged_numbers import MergedNumbers
from service.shared_numbers import SharedNumbers, share
from tabuada.manifests.identity import Identity

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
_ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """The counters, gauges and histograms of one process.

    Args:
        numbers: What several workers share; each of them makes one of these. None where there is
            one alone.
    """

    def __init__(self, numbers: SharedNumbers | None = None) -> None:
        self._registry = self._told = CollectorRegistry()
        if numbers is None:
            ProcessCollector(registry=self._registry)
        else:
            share(numbers)
            self._told = CollectorRegistry()
            self._told.register(MergedNumbers(numbers))
        self._add_requests(self._registry)
        self._add_work(self._registry)
        self._add_versions(self._registry)
        # Finding a child by its labels costs more than counting: each is looked up once.
        self._requests: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._answers: dict[tuple[str, int], tuple[Counter, Counter]] = {}
        self._runs: dict[str, tuple[Histogram, Histogram]] = {}
        self._batch_wait = self._queue_duration.labels("batch")

    def _add_requests(self, registry: CollectorRegistry) -> None:
        self._request_count = Counter(
            "tabuada_requests", "Requests answered", ["route", "method", "status"],
            registry=registry,
        )  # fmt: skip
        self._request_duration = Histogram(
            "tabuada_request_duration_seconds", "From a request's head to its answer", ["route"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._in_progress = Gauge(
            "tabuada_requests_in_progress", "Requests that are being answered",
            multiprocess_mode="livesum", registry=registry,
        )  # fmt: skip
        self._rejections = Counter(
            "tabuada_rejections", "Requests refused, by the code of the error", ["code"],
            registry=registry,
        )  # fmt: skip

    def _add_work(self, registry: CollectorRegistry) -> None:
        self._rows = Counter(
            "tabuada_rows", "Problems answered", ["model", "version"], registry=registry
        )
        self._outside = Counter(
            "tabuada_out_of_domain_rows", "Problems answered outside the trained range",
            ["model", "version"], registry=registry,
        )  # fmt: skip
        self._compute_duration = Histogram(
            "tabuada_compute_duration_seconds", "From problems to predictions", ["model"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._queue_duration = Histogram(
            "tabuada_queue_duration_seconds", "Waiting for a turn", ["queue"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._batch_rows = Histogram(
            "tabuada_batch_rows", "Problems computed together", ["model"],
            buckets=_ROWS, registry=registry,
        )  # fmt: skip

    def _add_versions(self, registry: CollectorRegistry) -> None:
        self._active_version = Gauge(
            "tabuada_active_version", "Version that answers by default", ["model"],
            multiprocess_mode="livemostrecent", registry=registry,
        )  # fmt: skip
        self._active_digest = Gauge(
            "tabuada_active_digest", "Workers in which this version answers by default",
            ["model", "version", "digest"], multiprocess_mode="livesum", registry=registry,
        )  # fmt: skip
        self._backward_swaps = Counter(
            "tabuada_backward_swaps", "Changes to a version that is older than the one before",
            ["model"], registry=registry,
        )  # fmt: skip
        self._swaps = Counter(
            "tabuada_swaps", "Changes of the version that answers by default",
            ["model", "result"], registry=registry,
        )  # fmt: skip
        self._load_duration = Histogram(
            "tabuada_version_load_duration_seconds", "Verifying, loading and testing a version",
            ["model"], buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._ready = Gauge(
            "tabuada_ready", "Workers that can answer with the default model",
            multiprocess_mode="livesum", registry=registry,
        )  # fmt: skip
        self._store_readable = Gauge(
            "tabuada_store_readable", "Whether the store can be read, and holds what answers",
            multiprocess_mode="livemin", registry=registry,
        )  # fmt: skip
        self._serves_copies = Gauge(
            "tabuada_serves_copies", "Workers that know only this machine's copies of a store",
            multiprocess_mode="livesum", registry=registry,
        )  # fmt: skip
        self._memory = Gauge(
            "tabuada_worker_memory_bytes", "Resident memory of a worker",
            multiprocess_mode="liveall", registry=registry,
        )  # fmt: skip
        Counter("tabuada_worker_starts", "Workers started", registry=registry).inc()

    def observe_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        key = (route, method, status)
        found = self._requests.get(key)
        if found is None:
            count = self._request_count.labels(route, method, str(status))
            found = self._requests[key] = (count, self._request_duration.labels(route))
        found[0].inc()
        found[1].observe(seconds)

    def reject(self, code: str) -> None:
        """Count one refused request."""
        self._rejections.labels(code).inc()

    def observe_answer(self, model: str, version: int, rows: int, outside: int) -> None:
        """Count problems that a version answered."""
        key = (model, version)
        found = self._answers.get(key)
        if found is None:
            labels = (model, str(version))
            found = self._answers[key] = (self._rows.labels(*labels), self._outside.labels(*labels))
        found[0].inc(rows)
        if outside:
            found[1].inc(outside)

    def observe_wait(self, queue: str, seconds: float) -> None:
        """Note how long a piece of work waited for its turn."""
        self._queue_duration.labels(queue).observe(seconds)

    def observe_run(self, model: str, run: Run) -> None:
        """Note how many problems were computed together, for how long, and who waited for it."""
        found = self._runs.get(model)
        if found is None:
            found = self._runs[model] = (
                self._compute_duration.labels(model),
                self._batch_rows.labels(model),
            )
        found[0].observe(run.compute_s)
        found[1].observe(run.rows)
        for wait_s in run.waits_s:
            self._batch_wait.observe(wait_s)

    def loaded(self, model: str, version: int, seconds: float) -> None:  # noqa: ARG002
        """Note how long it took until a version could answer; see `CatalogueEvents`."""
        self._load_duration.labels(model).observe(seconds)

    def switched(self, model: str, old: Identity | None, new: Identity) -> None:
        """Note the version that a model now answers with; one number may mean another version."""
        for result in ("switched", "replaced", "refused"):
            self._swaps.labels(model, result)  # from 0 on: a first one is an increase, too
        replaced = old is not None and old.version == new.version
        self._swaps.labels(model, "replaced" if replaced else "switched").inc()
        self._active_version.labels(model).set(new.version)
        backward = self._backward_swaps.labels(model)
        if old is not None:
            self._active_digest.labels(model, str(old.version), old.short).set(0)
            backward.inc(new.precedes(old))
        self._active_digest.labels(model, str(new.version), new.short).set(1)

    def refused(self, model: str, version: int, reason: str) -> None:  # noqa: ARG002
        """Count a version that cannot be loaded."""
        self._swaps.labels(model, "refused").inc()

    def removed(self, model: str) -> None:
        """See `CatalogueEvents`: what is loaded goes on answering."""

    def look(self, in_progress: int, *, ready: bool, store_problem: str | None) -> None:
        """Bring the gauges up to date."""
        self._store_readable.set(store_problem is None)
        self._serves_copies.set(store_problem == "copies")
        self._in_progress.set(in_progress)
        self._ready.set(ready)
        self._memory.set(_read_resident_bytes())

    def render(self) -> bytes:
        """Return everything in Prometheus' text format, of all workers together."""
        return generate_latest(self._told)


def _read_resident_bytes() -> int:
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:  # a system without it
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
