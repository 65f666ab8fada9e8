"""The command `python -m trainer report`: the report of a version that was published before."""

import argparse
from pathlib import Path

from rich.console import Console

from tabuada.artifacts.storage.names import is_name, is_version
from tabuada.artifacts.store import Store
from tabuada.showing import show
from trainer.errors import ConfigInvalid
from trainer.results.report.record import read_record
from trainer.tasks import find_task


def add_report_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    """Add the command to a parser and return its own parser."""
    command = commands.add_parser(
        "report",
        help="write the report of a published version, beside another one",
        description="Write the report of a published version, one HTML file that opens without "
        "a network. The store stays as it is.",
    )
    command.add_argument("version", metavar="VERSION", help="its number, or model/number")
    command.add_argument(
        "--against",
        metavar="VERSION",
        help="compare it with this one, a number or model/number (default: the one before)",
    )
    command.add_argument("--model", default="mlp", help="model of bare numbers (default: mlp)")
    command.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="where to write it (default: report-MODEL-VERSION.html)",
    )
    command.set_defaults(act=_report)
    return command


def _report(options: argparse.Namespace) -> None:
    model, version = _parse_version(options.version, options.model)
    store = Store(options.artifacts, options.cache)
    record = read_record(store.open(model, version))
    other: tuple[str, int] | None
    if options.against:
        other = _parse_version(options.against, model)
    else:
        earlier = [number for number in store.versions(model) if number < version]
        other = (model, earlier[-1]) if earlier else None
    path = options.output or Path(f"report-{model}-{version}.html")
    beside = read_record(store.open(*other)) if other else None
    if beside and beside.task != record.task:
        raise ConfigInvalid(
            f"expected versions of one task. Received: {record.name}, of {record.task}, and "
            f"{beside.name}, of {beside.task}"
        )
    try:
        find_task(record.task).write_report(path, record, beside)
    except OSError as error:
        raise ConfigInvalid(
            f"expected a file that can be written with --output. Received: {path}: {error.strerror}"
        ) from error
    said = f"Report of {record.name}{f', beside {beside.name}' if beside else ''}: {path}"
    Console(highlight=False, soft_wrap=True).print(said, markup=False)


def _parse_version(text: str, model: str) -> tuple[str, int]:
    """Return model and number, of `3` or `mlp/3`."""
    named, slash, number = text.rpartition("/")
    name = named if slash else model
    if not (is_name(name) and is_version(number)):
        raise ConfigInvalid(
            f"expected a version as a number or as model/number, such as mlp/3. "
            f"Received: {show(text)}. Write it so"
        )
    return name, int(number)
