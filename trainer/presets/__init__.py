"""Reads configurations: a preset, a file over it, single values over both."""

import contextlib
import tomllib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from tabuada.rules import describe_error
from tabuada.showing import show
from trainer.config import TrainerConfig
from trainer.errors import ConfigInvalid
from trainer.tasks import TASKS, find_config

# Pydantic puts these into a location, to say which of two forms was taken; they are no keys.
_TAGS = {"choices", "interval"}
_DEFAULT_TASK = "calculation"


def list_presets() -> list[str]:
    """Return the names of the presets that ship with the trainer, in order."""
    entries = resources.files(__name__).iterdir()
    return sorted(entry.name[:-5] for entry in entries if entry.name.endswith(".toml"))


def load_config(
    preset: str, file: Path | None = None, overrides: Iterable[str] = ()
) -> TrainerConfig:
    """Read a configuration and check it.

    Args:
        preset: Name of the preset to start from.
        file: TOML file whose values replace the preset's.
        overrides: `section.key=value`, the value as TOML writes it (or a bare string); they
            replace both.

    Raises:
        ConfigInvalid: Something breaks a rule; the message names field, rule and value.
    """
    if preset not in list_presets():
        raise ConfigInvalid(
            f"preset: expected one of {', '.join(list_presets())}. Received: {show(preset)}. "
            "Choose one of these"
        )
    values = tomllib.loads((resources.files(__name__) / f"{preset}.toml").read_text("utf-8"))
    if file is not None:
        _merge(values, _read_file(file))
    for override in overrides:
        _merge(values, _read_override(override))
    return read_config({"preset": preset} | values)


def read_config(values: dict[str, Any]) -> TrainerConfig:
    """Check the values of a configuration, and return it as its task's.

    Raises:
        ConfigInvalid: Something breaks a rule; the message names field, rule and value.
    """
    task = values.get("task", _DEFAULT_TASK)
    if not isinstance(task, str) or task not in TASKS:
        raise ConfigInvalid(
            f"task: expected one of {', '.join(TASKS)}. Received: {show(task)}. Choose one"
        )
    config = find_config(task)
    try:
        return config.model_validate(values)
    except ValidationError as error:
        raise ConfigInvalid(_describe(error, config, values.get("space"))) from error


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigInvalid(
            f"--config: expected a readable TOML file. Received: {file}: {error.strerror}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigInvalid(f"--config: expected TOML in {file}. Received: {error}") from error


def _read_override(text: str) -> dict[str, Any]:
    key, equals, value = text.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts):
        raise ConfigInvalid(
            f"--set: expected section.key=value. Received: {show(text)}. Write it so"
        )
    try:
        parsed: Any = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value.strip()  # --set search.algorithm=bayesian, without quotes
    for part in reversed(parts):
        parsed = {part: parsed}
    result: dict[str, Any] = parsed
    return result


def _merge(values: dict[str, Any], changes: dict[str, Any]) -> None:
    for key, change in changes.items():
        current = values.get(key)
        # A range replaces a range as a whole: half of one is seldom what was meant.
        if isinstance(current, dict) and isinstance(change, dict) and "min" not in current:
            _merge(current, change)
        else:
            values[key] = change


def _describe(error: ValidationError, config: type[TrainerConfig], space: Any) -> str:
    """Return one line: field, rule, value.

    Args:
        error: What was found.
        config: The class that was to be read.
        space: What `[space]` was to be read from.
    """
    first = error.errors()[0]
    keys = [str(part) for part in first["loc"]]
    field = ".".join(key for key in keys if key not in _TAGS)
    if first["type"] == "extra_forbidden":
        section = _sections(config, space).get(keys[0] if len(keys) > 1 else "")
        known = f"a key out of {', '.join(section)}" if section else "a known key"
        message = f"expected {known}. Received: {show(first['input'])}. Choose one, or leave it out"
    else:
        message = describe_error(first)
    more = len(error.errors()) - 1
    return f"{field or 'config'}: {message}" + (f" (and {more} more)" if more else "")


def _sections(config: type[TrainerConfig], space: Any) -> dict[str, list[str]]:
    """Return the keys of each section, the top level under the empty name."""
    sections = {"": list(config.model_fields)}
    for name, field in config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            sections[name] = list(field.annotation.model_fields)
    if isinstance(space, dict):
        with contextlib.suppress(ValueError):  # of no family, which is another error's to tell
            sections["space"] = list(config.families.choose(space).space.model_fields)
    return sections
