"""The commands that look after a store: `list`, `label` and `sign`."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tabuada.artifacts.publishing import remove_label, set_label
from tabuada.artifacts.storage.names import is_version
from tabuada.artifacts.store import Store
from tabuada.errors import StoreError
from tabuada.extras import advise_installing
from tabuada.showing import show
from trainer.errors import ConfigInvalid
from trainer.tasks import find_task


def add_store_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> list[argparse.ArgumentParser]:
    """Add the commands to a parser and return their own parsers."""
    listing = commands.add_parser("list", help="list models, versions and labels")
    listing.set_defaults(act=_list)
    label = commands.add_parser(
        "label",
        help="point a label at a version",
        description="Point a label at a version. A model serves the version labelled `stable` "
        "where there is one, else its latest.",
    )
    label.add_argument("model")
    label.add_argument("label")
    label.add_argument("version", type=_read_version, nargs="?")
    label.add_argument("--remove", action="store_true", help="remove the label")
    label.set_defaults(act=_label)
    sign = commands.add_parser(
        "sign",
        help="sign a version, so that services with TABUADA_VERIFY_KEY serve it",
        description="Sign every file of a version with a private key, in place of an earlier "
        "signature. A service with TABUADA_VERIFY_KEY set to the public key serves no other.",
    )
    sign.add_argument("model")
    sign.add_argument("version", type=_read_version)
    sign.add_argument("--key", type=Path, required=True, metavar="FILE.pem", help="private key")
    sign.set_defaults(act=_sign)
    return [listing, label, sign]


def _read_version(text: str) -> int:
    if not is_version(text):
        raise argparse.ArgumentTypeError(
            f"expected a version number, such as 3. Received: {show(text)}. Look it up with: list"
        )
    return int(text)


def _list(options: argparse.Namespace) -> None:
    """List models, versions and labels, a table for each task."""
    store = Store(options.artifacts, options.cache)
    console = Console(highlight=False)
    tables: dict[str, Table] = {}
    for model in store.models():
        labels = store.labels(model)
        for version in store.versions(model):
            manifest = store.manifest(model, version)
            task = find_task(manifest.task)
            if manifest.task not in tables:
                names = ("model", "version", "published", "preset", task.headline, "labels")
                tables[manifest.task] = Table(*names, box=None)
            tables[manifest.task].add_row(
                model,
                str(version),
                manifest.created_at,
                str(manifest.config.get("preset", "")),
                f"{task.find_headline(manifest.metrics):.4g}",
                ", ".join(name for name, target in labels.items() if target == version),
            )
    for table in tables.values():
        console.print(table)
    if not tables:
        console.print(f"No version is published in {store.location}")


def _label(options: argparse.Namespace) -> None:
    """Set or remove a label."""
    store = Store(options.artifacts, options.cache)
    if options.remove == (options.version is not None):
        raise ConfigInvalid("label: expected either a version or --remove")
    if options.remove:
        remove_label(store, options.model, options.label)
    else:
        set_label(store, options.model, options.label, options.version)
    console = Console(highlight=False, soft_wrap=True)
    try:
        served = store.resolve(options.model)
    except StoreError as error:  # the label is moved or gone all the same
        said = f"Done. {options.model} has no version to serve by default: {error}"
        console.print(said, markup=False)
    else:
        console.print(f"{options.model} now serves version {served} where none is asked for")


def _sign(options: argparse.Namespace) -> None:
    """Sign a version."""
    try:
        from tabuada.artifacts.signatures import sign_version  # noqa: PLC0415 -- an extra of its own
    except ImportError as error:
        raise ConfigInvalid(
            f"sign: expected the library that makes signatures. Received: {error}. "
            f"Install it: {advise_installing('signing')}"
        ) from error
    store = Store(options.artifacts, options.cache)
    signature = sign_version(store, options.model, options.version, options.key)
    Console(highlight=False, soft_wrap=True).print(f"Signed: {signature}", markup=False)
