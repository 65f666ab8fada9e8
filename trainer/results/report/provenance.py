"""Tells how a version was made: when, on what, for how long, from what."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tabuada.manifests.manifest import RunRecord
from trainer.results.report.languages import Bilingual, Value, format_value, swap_marks
from trainer.results.report.page import Fact
from trainer.results.report.record import Record

_STAGES = {
    "search": Bilingual("search", "busca"),
    "fit": Bilingual("fit", "treino final"),
    "evaluate": Bilingual("evaluation", "avaliação"),
    "publish": Bilingual("export", "exportação"),
}
_PARTS = {
    "training": Bilingual("to learn from", "para aprender"),
    "validation": Bilingual("to choose by", "para escolher"),
    "test": Bilingual("to test with", "para testar"),
}


def list_facts(record: Record) -> Iterator[Fact]:
    """Yield what is known of how a version was made."""
    plain: dict[str, Value] = {
        "family": record.family,
        "date": _write_date(record.created_at),
        "random seed": str(record.seed),
        "source revision": record.source_revision,
    }
    for name, value in plain.items():
        if value:
            yield name, "{value}", {"value": value}
    if record.run:
        yield from _list_facts_of_run(record.run)
    if record.libraries:
        told = ", ".join(f"{name} {version}" for name, version in record.libraries.items())
        yield "libraries", "{value}", {"value": told}


def _list_facts_of_run(run: RunRecord) -> Iterator[Fact]:
    yield "processor", "{value}", {"value": "; ".join(run.processors)}
    if run.cores:
        yield "cores", "{value}", {"value": run.cores}
    stages = [
        (_STAGES.get(name, Bilingual(name, name)), Bilingual(duration, duration))
        for name, duration in ((name, write_duration(s)) for name, s in run.stages_s.items())
    ]
    took = _join(stages, "{name} {amount}")
    yield "duration", "{whole}: {took}", {"whole": write_duration(run.whole_s), "took": took}
    if run.interruptions:
        yield "interruptions", "{value}", {"value": run.interruptions}
    parts = [
        (_PARTS.get(name, Bilingual(name, name)), Bilingual(number, swap_marks(number)))
        for name, number in ((name, format_value(count)) for name, count in run.examples.items())
    ]
    yield "examples", "{value}", {"value": _join(parts, "{amount} {name}")}


def write_duration(seconds: float) -> str:
    """Return a time as both languages write it, such as `2 min 40 s`."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    parts = ((hours, "h"), (minutes, "min"), (whole % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def _write_date(iso: str) -> Value:
    try:
        date = datetime.fromisoformat(iso).astimezone(UTC)
    except ValueError:
        return iso
    return Bilingual(f"{date:%Y-%m-%d %H:%M} UTC", f"{date:%d/%m/%Y %H:%M} UTC")


def _join(pairs: list[tuple[Bilingual, Bilingual]], form: str) -> Bilingual:
    """Return names with their amounts, each pair in this form."""
    return Bilingual(
        ", ".join(form.format(name=name.english, amount=amount.english) for name, amount in pairs),
        ", ".join(
            form.format(name=name.portuguese, amount=amount.portuguese) for name, amount in pairs
        ),
    )
