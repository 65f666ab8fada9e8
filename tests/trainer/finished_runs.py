"""Copies of a finished run's folder, under the name it had while it ran, and damage to it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.trainer.conftest import TINY, Trained
from trainer.presets import load_config
from trainer.run import Run, name_folder

Damage = Callable[[Path], object]


def copy_run(trained: Trained, runs: Path) -> Run:
    """Return a run whose stages are all complete."""
    config = load_config("seed", TINY)
    folder = runs / name_folder(config)
    shutil.copytree(trained.runs / "mlp-1", folder)
    return Run(folder, config)


def _rename_first_key(path: Path) -> None:
    path.write_text(re.sub(r'"(\w+)":', r'"\1_":', path.read_text(), count=1))


def _add_key(path: Path) -> None:
    path.write_text(path.read_text().replace("{", '{"added": 1, ', 1))


def _replace_number(by: str) -> Damage:
    return lambda path: path.write_text(
        re.sub(r"(?<=[:\[]\s)\s*-?\d+\.\d+(e-?\d+)?", by, path.read_text(), count=1)
    )


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _flip_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


ANY: dict[str, Damage] = {
    "empty": lambda path: path.write_bytes(b""),
    "half": _cut,
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a folder": _replace_by_folder,
}
"""What may happen to any file."""

BINARY: dict[str, Damage] = ANY | {"one bit": _flip_bit}

JSON: dict[str, Damage] = ANY | {
    "{": lambda path: path.write_text("{"),
    "null": lambda path: path.write_text("null"),
    "[]": lambda path: path.write_text("[]"),
    "{}": lambda path: path.write_text("{}"),
    "deep": lambda path: path.write_text("[" * 100_000),
    "not UTF-8": lambda path: path.write_bytes(b'{"a\xff": 1}'),
    "unknown key": _add_key,
    "missing key": _rename_first_key,
    "NaN": _replace_number("NaN"),
    "text": _replace_number('"0.5"'),
}
