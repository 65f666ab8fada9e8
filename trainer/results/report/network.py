"""Reads what a network is made of from the configuration that Keras keeps of it, without Keras.

A Keras archive holds that configuration as JSON, `config.json`; nothing of it is run here. Layers,
functions and their connections are taken as they stand there, whatever family the network is of:
a layer of a family's own is told by its class, its numbers and the matrices of its configuration.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trainer.results.tables import Row, Table

Matrix = list[list[float]]
_MAX_BYTES = 4 * 2**20
_MAX_LAYERS = 200
# True of nearly every layer, or told elsewhere.
_UNTOLD = {"name", "trainable", "dtype", "batch_shape", "use_bias", "units", "activation"}
_BROKEN = (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer, or a function between layers.

    Attributes:
        name: As the network has it.
        kind: Its class, such as `Dense`.
        inputs: Names of the layers that its input comes from.
        size: How many numbers a question has there; None where that is not told.
        units: How many it has, where it has units.
        functions: What is applied to its output, in order: activations, dropout and the like.
        facts: Its other numbers and words, by name.
        matrices: Matrices that are part of its configuration, by name: the paths of a unit.
        weights: How many weights it has; None where that is not told.
    """

    name: str
    kind: str
    inputs: tuple[str, ...] = ()
    size: int | None = None
    units: int | None = None
    functions: tuple[str, ...] = ()
    facts: dict[str, str | int | float] = field(default_factory=dict)
    matrices: dict[str, Matrix] = field(default_factory=dict)
    weights: int | None = None


def read_archive(content: bytes) -> dict[str, Any]:
    """Return the configuration in a Keras archive; empty where it holds none that can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("config.json") as file:
            config = json.loads(file.read(_MAX_BYTES))
    except (zipfile.BadZipFile, OSError, NotImplementedError, *_BROKEN):
        return {}
    return config if isinstance(config, dict) else {}


def read_layers(config: Mapping[str, Any]) -> list[Layer]:
    """Return the layers of a network, in order; none where the configuration is not understood.

    What changes nothing is left out, such as dropout at a rate of 0. What is applied to one layer's
    output alone stands with that layer.
    """
    try:
        layers = list(_read_layers(config))
        return _fold(_leave_out(layers)) if len(layers) <= _MAX_LAYERS else []
    except _BROKEN:
        return []


def _read_layers(config: Mapping[str, Any]) -> Iterator[Layer]:
    inner = config["config"]
    entries = inner.get("layers")
    if entries is None:  # a class of its own
        yield _read_layer(config, (), None)
        return
    shapes = {name: size for entry in entries for name, size in _find_inputs(entry)}
    before: tuple[str, ...] = ()
    for entry in entries:
        name = str(entry["config"]["name"])
        found = tuple(dict.fromkeys(source for source, _ in _find_inputs(entry)))
        yield _read_layer(entry, found or before, shapes.get(name))
        before = () if "inbound_nodes" in entry else (name,)  # Keras' Sequential names none


def _find_inputs(entry: Mapping[str, Any]) -> Iterator[tuple[str, int | None]]:
    """Yield the name of each layer that another one reads, with the size of what it gives."""
    todo = [entry.get("inbound_nodes", [])]
    while todo:
        part = todo.pop(0)
        if isinstance(part, list):
            todo = [*part, *todo]
        elif isinstance(part, dict) and part.get("class_name") == "__keras_tensor__":
            config = part["config"]
            size = config["shape"][-1] if config["shape"] else None
            yield str(config["keras_history"][0]), size
        elif isinstance(part, dict):
            todo = [*part.values(), *todo]


def _read_layer(entry: Mapping[str, Any], inputs: tuple[str, ...], size: int | None) -> Layer:
    config = entry["config"]
    shape = config.get("batch_shape")
    units = config.get("units")
    matrices = {name: value for name, value in config.items() if _is_matrix(value)}
    return Layer(
        name=str(config["name"]),
        kind=str(entry["class_name"]),
        inputs=inputs,
        size=size or units or (shape[-1] if shape else None),
        units=units,
        functions=tuple(_name_functions(config.get("activation"))),
        facts={name: value for name, value in config.items() if _is_told(name, value)},
        matrices=matrices,
        weights=_count_weights(entry, matrices),
    )


def _is_matrix(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, list) and row for row in value)
        and len({len(row) for row in value}) == 1
        and all(type(cell) in (int, float) for row in value for cell in row)
    )


def _is_told(name: str, value: Any) -> bool:
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return plain and name not in _UNTOLD


def _name_functions(activation: Any) -> Iterator[str]:
    if isinstance(activation, dict):  # registered, or with arguments of its own
        config = activation.get("config")
        activation = config if isinstance(config, str) else activation.get("class_name")
    if activation not in (None, "linear"):
        yield str(activation)


def _count_weights(entry: Mapping[str, Any], matrices: Mapping[str, Matrix]) -> int | None:
    config = entry["config"]
    shape = (entry.get("build_config") or {}).get("input_shape")
    if "units" in config and shape and isinstance(shape[-1], int):
        return int(config["units"]) * (shape[-1] + bool(config.get("use_bias", True)))
    if matrices:
        return sum(len(row) for matrix in matrices.values() for row in matrix)
    return None


def _leave_out(layers: list[Layer]) -> list[Layer]:
    """Return the layers without dropout that drops nothing; what read it reads what it read."""
    idle = {each.name: each.inputs for each in layers if _is_idle(each)}
    left: list[Layer] = []
    for layer in layers:
        if layer.name not in idle:
            inputs = tuple(_follow(source, idle) for source in layer.inputs)
            left.append(replace(layer, inputs=inputs))
    return left


def _is_idle(layer: Layer) -> bool:
    dropout = "Dropout" in layer.kind and layer.facts.get("rate") == 0
    return len(layer.inputs) == 1 and (dropout or layer.kind == "Identity")


def _follow(name: str, idle: Mapping[str, tuple[str, ...]]) -> str:
    while name in idle:
        (name,) = idle[name]
    return name


def _fold(layers: list[Layer]) -> list[Layer]:
    """Return the layers with what is applied to one of them alone as its functions."""
    readers = [source for layer in layers for source in layer.inputs]
    kept: dict[str, Layer] = {}
    folded: dict[str, str] = {}
    for layer in layers:
        inputs = tuple(folded.get(source, source) for source in layer.inputs)
        source = kept.get(inputs[0]) if len(inputs) == 1 else None
        if source and _is_function(layer) and readers.count(layer.inputs[0]) == 1 and source.inputs:
            function = _write_function(layer)
            added = (*source.functions, *layer.functions, *([function] if function else []))
            kept[source.name] = replace(source, functions=added, size=layer.size or source.size)
            folded[layer.name] = source.name
        else:
            kept[layer.name] = replace(layer, inputs=inputs)
    return list(kept.values())


def _is_function(layer: Layer) -> bool:
    if layer.kind == "Activation":
        return True
    holds = layer.units is not None or layer.weights is not None or bool(layer.matrices)
    return not holds and not layer.functions


def _write_function(layer: Layer) -> str:
    if layer.kind == "Activation":
        return ""  # its function says it
    told = ", ".join(_write_fact(name, value) for name, value in layer.facts.items())
    return f"{layer.kind}({told})" if told else layer.kind


def _write_fact(name: str, value: str | float) -> str:
    return f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"


def place_layers(layers: list[Layer]) -> list[list[Layer]]:
    """Return the layers by row: each below all that it reads."""
    depths: dict[str, int] = {}
    for layer in layers:  # Keras lists them so that each follows what it reads
        depths[layer.name] = 1 + max((depths.get(name, -1) for name in layer.inputs), default=-1)
    rows: list[list[Layer]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for layer in layers:
        rows[depths[layer.name]].append(layer)
    return [row for row in rows if row]


def tabulate_layers(layers: list[Layer]) -> Table:
    """Return one row a layer: what it is, what it reads, what it does, how many weights it has."""
    rows: list[Row] = [
        [
            layer.name,
            layer.kind,
            ", ".join(layer.inputs),
            _count_numbers(layer),
            ", ".join((*(_write_fact(*fact) for fact in layer.facts.items()), *layer.functions)),
            layer.weights if layer.weights is not None else "",
        ]
        for layer in layers
    ]
    return Table(["layer", "kind", "reads", "units", "then", "weights"], rows)


def _count_numbers(layer: Layer) -> int | str:
    if layer.units is None and not layer.inputs:
        return layer.size or ""  # of a question
    return "" if layer.units is None else layer.units


def tabulate_matrices(layer: Layer, names: Sequence[str]) -> Iterator[Table]:
    """Yield the matrices of a layer, those of as many rows side by side.

    Args:
        layer: The layer.
        names: What rows stand for where there are as many.
    """
    heights = dict.fromkeys(len(matrix) for matrix in layer.matrices.values())
    for height in heights:
        chosen = {name: m for name, m in layer.matrices.items() if len(m) == height}
        header = [f"{name}[{n}]" for name, m in chosen.items() for n in range(len(m[0]))]
        fitting = names if len(names) == height else [str(row) for row in range(height)]
        rows: list[Row] = [
            [fitting[row], *(cell for matrix in chosen.values() for cell in matrix[row])]
            for row in range(height)
        ]
        yield Table(["row", *header], rows)
