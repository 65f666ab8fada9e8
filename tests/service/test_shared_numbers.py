"""Metrics of several workers in one memory: nothing is lost, and nothing counted twice."""

import os
import re
from collections.abc import Iterator

import pytest
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.parser import text_string_to_metric_families

from service.merged_numbers import MergedNumbers
from service.shared_numbers import PART_BYTES, SharedNumbers, make_memory, mark_ended, share

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Memory for two workers."""
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    made = make_memory(2)
    assert made is not None
    yield made
    os.close(made)


class Worker:
    """What one worker has counted, in this process.

    Args:
        memory: Which it shares.
        place: Its place in that.
    """

    def __init__(self, memory: int, place: int) -> None:
        self._numbers = SharedNumbers(memory, place)
        self.act()
        self.registry = CollectorRegistry()
        self.registry.register(MergedNumbers(self._numbers))
        own = CollectorRegistry()
        self.count = Counter("asked", "Asked — often", ["route"], registry=own)
        self.plain = Counter("started", "Started", registry=own)
        self.took = Histogram("took", "Took", ["route"], buckets=(0.1, 1.0), registry=own)
        self.busy = Gauge("busy", "Busy", multiprocess_mode="livesum", registry=own)
        self.memory = Gauge("memory", "Memory", multiprocess_mode="liveall", registry=own)
        self.active = Gauge(
            "active", "Active", ["model"], multiprocess_mode="livemostrecent", registry=own
        )

    def act(self) -> "Worker":
        """Count what is met first in its own place: in one process the last that shares has all."""
        share(self._numbers)
        return self

    def read(self) -> Samples:
        """Return what it tells of all workers, as Prometheus reads it."""
        text = generate_latest(self.registry).decode()
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


def test_counters_and_histograms_of_workers_are_summed(memory: int) -> None:
    one, two = Worker(memory, 0), Worker(memory, 1)
    one.act().count.labels("/a").inc()
    two.act().count.labels("/a").inc(2)
    two.act().count.labels('/"é\n').inc(5)
    for worker, seconds in ((one, 0.05), (two, 0.05), (two, 0.5), (one, 7.0)):
        worker.act().took.labels("/a").observe(seconds)
    assert one.read() == two.read()
    told = one.read()
    assert told["asked_total", (("route", "/a"),)] == 3
    assert told["asked_total", (("route", '/"é\n'),)] == 5
    assert told["started_total", ()] == 0
    bounds = ("0.1", "1.0", "+Inf")
    buckets = {le: told["took_bucket", (("le", le), ("route", "/a"))] for le in bounds}
    assert buckets == {"0.1": 2, "1.0": 3, "+Inf": 4}
    assert told["took_count", (("route", "/a"),)] == 4
    assert told["took_sum", (("route", "/a"),)] == pytest.approx(7.6)


def test_gauges_become_one_as_each_says(memory: int) -> None:
    one, two = Worker(memory, 0), Worker(memory, 1)
    one.busy.set(3)
    two.busy.set(4)
    two.act().active.labels("mlp").set(2)
    one.act().active.labels("mlp").set(1)
    one.memory.set(7)
    told = two.read()
    assert told["busy", ()] == 7
    assert told["active", (("model", "mlp"),)] == 1  # set last
    assert told["memory", (("pid", str(os.getpid())),)] in (0, 7)


def test_worker_that_ended_leaves_its_counts_and_takes_its_gauges_along(memory: int) -> None:
    one, two = Worker(memory, 0), Worker(memory, 1)
    two.act().count.labels("/a").inc(2)
    two.act().took.labels("/a").observe(0.5)
    two.busy.set(4)
    mark_ended(memory, 1)
    told = one.read()
    assert told["asked_total", (("route", "/a"),)] == 2
    assert told["busy", ()] == 0
    again = Worker(memory, 1)
    assert again.read()["busy", ()] == 0
    again.act().count.labels("/a").inc()
    again.act().took.labels("/a").observe(0.5)
    told = one.read()
    assert told["asked_total", (("route", "/a"),)] == 3
    assert told["took_count", (("route", "/a"),)] == 2


def test_numbers_without_room_cost_nobody_anything(
    memory: int, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = Worker(memory, 0), Worker(memory, 1)
    last = "y" * 1000
    two.act().count.labels(last).inc()
    for number in range(PART_BYTES // 1000):
        one.act().count.labels(f"/{number}" + "x" * 1000).inc()
    one.act().count.labels(last).inc()
    told = two.read()
    assert told["asked_total", (("route", last),)] == 1  # there was no room for the other one
    assert len(told) > PART_BYTES // 1500
    assert len(re.findall("No room for more metrics", caplog.text)) == 1


def test_system_without_such_memory_is_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    assert make_memory(3) is None
    assert "/metrics tells of one worker alone" in caplog.text
