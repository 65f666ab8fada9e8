"""Writes the model card: what a version is, what it is good for, where it fails."""

from pathlib import Path

from tabuada.manifest import Description
from tabuada.problems import OperandDomain

_PUBLISHED_MAE = 0.5576


def write_card(path: Path, description: Description) -> None:
    """Write the card of a version, from what its manifest is to say."""
    operations = description.signature.operations
    overall = description.metrics.overall
    rows = "\n".join(
        f"| {symbol} | {s.mae:.4f} | {s.median:.4f} | {s.p99:.4f} | {s.max:.4f} |"
        for symbol, s in ({"all": overall} | description.metrics.per_operation).items()
    )
    worst = "\n".join(
        f"| {case.a:.4g} {case.op} {case.b:.4g} | {case.expected:.4f} | {case.predicted:.4f} "
        f"| {case.absolute_error:.4f} |"
        for case in description.metrics.worst[:5]
    )
    domains = "\n".join(f"- {_describe(domain)}" for domain in description.signature.domains)
    values = "\n".join(f"- {name}: {value}" for name, value in description.hyperparameters.items())
    seed_note = (
        f"\nThe published experiment, which this preset repeats, reports {_PUBLISHED_MAE}.\n"
        if description.config.get("preset") == "seed"
        else ""
    )
    path.write_text(
        f"""# {description.model}: a multilayer perceptron for {" ".join(operations)}

## What it is
A plain dense network that learned arithmetic from examples: two scaled operands and a one-hot
operation in, the result out. Nothing in it knows what an operation is; it approximates a surface.

## What it was trained on
{domains}

## How far off it is
Absolute errors on the {overall.n:,} problems of the test part, which no choice depended on:

| operation | mean | median | 99% below | largest |
| --- | --- | --- | --- | --- |
{rows}
{seed_note}
Its worst answers there:

| problem | exact | predicted | off by |
| --- | --- | --- | --- |
{worst}

## What it is good for
Showing learners and engineers what such a network learns, and where it misses. Not for sums
that matter: any calculator is right where this is close.

## Where it fails
- Outside the ranges above it guesses, and the guess gets worse with the distance. The service
  answers all the same and lists such rows under `out_of_domain`.
- Close to the least divisor, where a small change of `b` moves the result most.

## Hyperparameters
{values}

Seed {description.seed}, source revision {description.source_revision}. Tables, plots and report
are in `training/`; the exact configuration is in `manifest.json`.
""",
        encoding="utf-8",
    )


def _describe(domain: OperandDomain) -> str:
    text = (
        f"`a {domain.symbol} b` with a in [{domain.a[0]:g}, {domain.a[1]:g}] "
        f"and b in [{domain.b[0]:g}, {domain.b[1]:g}]"
    )
    return text + (f", |b| at least {domain.min_abs_b:g}" if domain.min_abs_b else "")
