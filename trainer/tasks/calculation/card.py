"""Writes the model card: what a version is, what it is good for, where it fails."""

import csv
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from tabuada.arithmetic.domains import OperandDomain
from tabuada.arithmetic.error_statistics import ErrorCase
from tabuada.arithmetic.regions import Pole, Region
from tabuada.arithmetic.relative_errors import RelativeStatistics
from tabuada.manifests.calculation import CalculationDescription
from tabuada.manifests.files import MODEL_CARD, TRAINING
from trainer.tasks.calculation.config import complete
from trainer.tasks.calculation.families import FAMILIES
from trainer.tasks.calculation.report.wording import typeset, write_problem
from trainer.tasks.calculation.tabulate import list_relative_errors

_PUBLISHED_MAE = 0.5576


def write_card(version: Path, description: CalculationDescription) -> None:
    """Write the card of a version, from what its manifest is to say and its tables.

    Args:
        version: Folder with the version's files, `training/` among them.
        description: Of the version.
    """
    operations = description.signature.operations
    overall = description.metrics.overall
    texts = FAMILIES.find(description.family).card
    relative = list_relative_errors(description.metrics)
    rows = "\n".join(
        f"| {symbol} | {s.mae:.4g} | {s.median:.4g} | {s.p99:.4g} | {s.max:.4g} "
        f"| {_share(relative.get(symbol))} |"
        for symbol, s in ({"all": overall} | description.metrics.per_operation).items()
    )
    arity = dict(zip(operations, description.signature.arity, strict=True))
    worst = "\n".join(
        f"| {_write(case, arity)} | {case.expected:.6g} | {case.predicted:.6g} "
        f"| {case.absolute_error:.4g} |"
        for case in description.metrics.worst[:5]
    )
    domains = "\n".join(
        f"- {_describe(domain, arity[domain.symbol])}" for domain in description.signature.domains
    )
    values = "\n".join(f"- {name}: {value}" for name, value in description.hyperparameters.items())
    seed_note = (
        f"\nThe published experiment, which this preset repeats, reports {_PUBLISHED_MAE}. Another "
        "seed,\nor a processor that rounds otherwise, gives another error.\n"
        if _repeats_published(description)
        else ""
    )
    (version / MODEL_CARD).write_text(
        f"""# {description.model}: {texts.kind} for {" ".join(operations)}

## What it is
{texts.what}

## What it was trained on
{domains}
{_describe_drawing(description.config)}

## How far off it is
Absolute errors on the {overall.n:,} problems of the test part, which no choice depended on, and
the median relative error: as a share of the exact value.

| operation | mean | median | 99% below | largest | median relative |
| --- | --- | --- | --- | --- | --- |
{rows}
{seed_note}
Where results are near zero, as differences of numbers that are nearly the same, relative errors are
large and the absolute ones count; across ranges only the relative ones compare.

Its worst answers there:

| problem | exact | predicted | off by |
| --- | --- | --- | --- |
{worst}

## In range and outside
The same problems for every network: operands from the trained range with any divisor from the
least up, then operands of either sign with magnitudes from 1e-6 to 1e6.

{_tabulate_comparison(version / TRAINING)}

## What it is good for
{texts.use}

## Where it fails
{texts.limits}

## Hyperparameters
{values}

Seed {description.seed}, source revision {description.source_revision}. Tables, plots and report
are in `training/`; the exact configuration is in `manifest.json`.
""",
        encoding="utf-8",
    )


def _repeats_published(description: CalculationDescription) -> bool:
    """Whether a version was tested on problems drawn by the rules of the published experiment."""
    preset = (resources.files("trainer") / "presets" / "seed.toml").read_text("utf-8")
    published, own = complete(tomllib.loads(preset)), complete(description.config)
    return own.get("preset") == "seed" and own.get("data") == published["data"]


def _tabulate_comparison(training: Path) -> str:
    lines = [
        "| network | problems | mean error | median relative error | largest | float32 ulps |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for where in ("in_range", "outside"):
        with (training / f"compared_{where}.csv").open(newline="", encoding="utf-8") as file:
            lines += [
                f"| {row['network']} | {where.replace('_', ' ')} | {float(row['mae']):.3g} "
                f"| {float(row['median_relative_error']):.2g} "
                f"| {float(row['largest_relative_error']):.2g} "
                f"| {int(row['largest_float32_ulps']):,} |"
                for row in csv.DictReader(file)
                if row["operation"] == "all"
            ]
    return "\n".join(lines)


def _share(relative: RelativeStatistics | None) -> str:
    return f"{100 * relative.median:.2g} %" if relative else "-"


def _write(case: ErrorCase, arity: Mapping[str, int]) -> str:
    return typeset(write_problem(case.op, arity[case.op], f"{case.a:.4g}", f"{case.b:.4g}"))


def _describe(domain: OperandDomain, arity: int) -> str:
    places = " or ".join(map(_place, domain.regions))
    gaps = "".join(map(_keep_away, domain.poles))
    return f"`{write_problem(domain.symbol, arity, 'a', 'b')}` with {places}{gaps}"


def _describe_drawing(config: Mapping[str, Any]) -> str:
    """Say how operands were drawn, where not uniformly; with an empty line before."""
    data = config.get("data", {})
    operands = data.get("operands", "uniform")
    what = "Operands were" if operands == "log_uniform" else "Divisors were"
    if "log_uniform" not in (operands, data.get("divisors")):
        return ""
    return f"\n{what} drawn log-uniformly: as many of each decade of magnitudes as of any other.\n"


def _place(region: Region) -> str:
    text = f"a in [{region.a[0]:g}, {region.a[1]:g}]"
    kind = "whole b" if region.whole_b else "b"
    return text + (f" and {kind} in [{region.b[0]:g}, {region.b[1]:g}]" if region.b else "")


def _keep_away(pole: Pole) -> str:
    if pole.divides_by:
        return f", |b| at least {pole.distance:g}" if pole.distance else ""
    again = f" and every {pole.every:g} from there" if pole.every else ""
    return f", {pole.operand} at least {pole.distance:g} from {pole.at:g}{again}"
