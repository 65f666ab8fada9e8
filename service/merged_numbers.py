"""The numbers of all workers, as the metrics of one service."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from prometheus_client.core import Metric

from service.shared_numbers import Entry, SharedNumbers

Labels = tuple[tuple[str, str], ...]
_BUCKET = "_bucket"


class MergedNumbers:
    """Collects for prometheus_client what all workers counted.

    Counters and histograms are summed, those of workers that have ended among them; gauges are
    those of the living ones, and become one as their metric says.

    Args:
        numbers: What the workers share.
    """

    def __init__(self, numbers: SharedNumbers) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        """Yield each metric."""
        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._numbers.read_all():
            if entry.owner or not entry.kind.startswith("gauge"):
                groups[entry.metric].append(entry)
        for name, entries in groups.items():
            kind, _, mode = entries[0].kind.partition("_")
            metric = Metric(name, entries[0].text, kind)
            samples = _merge_gauge(entries, mode) if kind == "gauge" else _sum(entries)
            if kind == "histogram":
                samples = _accumulate(name, samples)
            for (sample, labels), value in samples.items():
                metric.add_sample(sample, dict(labels), value)
            yield metric


_Samples = dict[tuple[str, Labels], float]


def _sum(entries: Iterable[Entry]) -> _Samples:
    sums: _Samples = defaultdict(float)
    for entry in entries:
        sums[entry.name, tuple(entry.labels.items())] += entry.value
    return sums


def _merge_gauge(entries: list[Entry], mode: str) -> _Samples:
    if mode == "livesum":
        return _sum(entries)
    samples: _Samples = {}
    for entry in sorted(entries, key=lambda entry: entry.since):  # the most recent one is the last
        own = {"pid": str(entry.owner)} if mode == "liveall" else {}
        samples[entry.name, tuple({**entry.labels, **own}.items())] = entry.value
    return samples


def _accumulate(metric: str, samples: _Samples) -> _Samples:
    """Return a histogram's samples with buckets that hold those below them, and its counts."""
    buckets: dict[Labels, list[tuple[float, Labels, float]]] = defaultdict(list)
    merged: _Samples = {}
    for (name, labels), value in samples.items():
        bounds = [float(bound) for label, bound in labels if label == "le"]
        if name.endswith(_BUCKET) and bounds:
            others = tuple(label for label in labels if label[0] != "le")
            buckets[others].append((bounds[0], labels, value))
        else:
            merged[name, labels] = value
    for others, found in buckets.items():
        total = 0.0
        for _, labels, value in sorted(found):
            total += value
            merged[metric + _BUCKET, labels] = total
        merged[f"{metric}_count", others] = total
    return merged
