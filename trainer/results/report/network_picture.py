"""Draws the layers of a network as SVG, each below what it reads, in the colours of the page."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer.results.report.languages import format_value, read_translations
from trainer.results.report.network import Layer, place_layers

_WIDTH, _GAP, _LINE, _PADDING = 236, 26, 17, 9
_PATH_WIDTH, _PATH_HEIGHT = 92, 40
_LANE = 14


@dataclass(frozen=True, slots=True)
class _Box:
    layer: Layer
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


def draw_network(layers: Sequence[Layer]) -> str:
    """Return a picture of a network: layers with units and activations, a unit with its paths.

    Args:
        layers: As `read_layers` gives them; at least one.

    Returns:
        An `svg` element, which leaves it to its figure to say what it shows.
    """
    rows = place_layers(list(layers))
    boxes = {box.layer.name: box for box in _place(rows)}
    right = max(box.right for box in boxes.values())
    height = max(box.bottom for box in boxes.values()) + 1
    lanes: list[float] = []
    lines = [
        _draw_line(boxes[source], box, {*_list_rows(rows, source, box.layer.name)}, right, lanes)
        for box in boxes.values()
        for source in box.layer.inputs
        if source in boxes
    ]
    width = right + _LANE * (len(lanes) + 1)
    drawn = "".join((*lines, *map(_draw_box, boxes.values())))
    return (
        f"<svg class=network viewBox='0 0 {width:g} {height:g}' width={width:g} height={height:g} "
        "aria-hidden=true><defs><marker id=arrow viewBox='0 0 8 8' refX=7 refY=4 markerWidth=7 "
        "markerHeight=7 orient=auto><path d='M0 0 8 4 0 8z'/></marker></defs>"
        f"{drawn}</svg>"
    )


def _place(rows: Sequence[Sequence[Layer]]) -> Iterator[_Box]:
    widest = max(sum(_measure(layer)[0] for layer in row) + _GAP * (len(row) - 1) for row in rows)
    y = 1.0
    for row in rows:
        sizes = [_measure(layer) for layer in row]
        x = (widest - sum(width for width, _ in sizes) - _GAP * (len(row) - 1)) / 2 + 1
        for layer, (width, height) in zip(row, sizes, strict=True):
            yield _Box(layer, x, y, width, height)
            x += width + _GAP
        y += max(height for _, height in sizes) + _GAP


def _measure(layer: Layer) -> tuple[float, float]:
    lines = 1 + len(_list_lines(layer))
    paths = len(layer.matrices)
    width = max(_WIDTH, paths * _PATH_WIDTH + _PADDING)
    return width, lines * _LINE + 2 * _PADDING + (_PATH_HEIGHT + _PADDING if paths else 0)


def _list_lines(layer: Layer) -> list[tuple[str, int | None]]:
    """Return what stands below a layer's kind: a text, and the number that it begins with."""
    lines: list[tuple[str, int | None]] = []
    if layer.units is not None:
        lines.append(("unit" if layer.units == 1 else "units", layer.units))
    elif not layer.inputs and layer.size is not None:
        lines.append(("number" if layer.size == 1 else "numbers", layer.size))
    elif not layer.matrices:
        told = ", ".join(f"{name} {value}" for name, value in layer.facts.items())
        lines += [(told[:34], None)] if told else []
    return [*lines, *((function[:34], None) for function in layer.functions)]


def _draw_box(box: _Box) -> str:
    layer = box.layer
    y = box.y + _PADDING + 12
    drawn = [
        f"<rect x={box.x:g} y={box.y:g} width={box.width:g} height={box.height:g} rx=6 />",
        f"<text class=kind x={box.middle:g} y={y:g}>{write_words(_name_kind(layer))}</text>",
    ]
    for text, number in _list_lines(layer):
        y += _LINE
        drawn.append(f"<text x={box.middle:g} y={y:g}>{write_words(text, number)}</text>")
    x = box.middle - len(layer.matrices) * _PATH_WIDTH / 2 + 3
    for name, matrix in layer.matrices.items():
        middle = x + _PATH_WIDTH / 2 - 3
        drawn.append(
            f"<rect class=path x={x:g} y={y + _PADDING:g} width={_PATH_WIDTH - 6} "
            f"height={_PATH_HEIGHT} rx=4 />"
            f"<text class=small x={middle:g} y={y + _PADDING + 16:g}>{write_words(name)}</text>"
            f"<text class=small x={middle:g} y={y + _PADDING + 31:g}>"
            f"{len(matrix)} \N{MULTIPLICATION SIGN} {len(matrix[0])}</text>"
        )
        x += _PATH_WIDTH
    return "".join(drawn)


def _name_kind(layer: Layer) -> str:
    return "Input" if layer.kind == "InputLayer" else layer.kind


def write_words(text: str, number: int | None = None) -> str:
    """Return a text in both languages for SVG, where no `span` may stand."""
    before = "" if number is None else f"{format_value(number)} "
    english = html.escape(before + text)
    portuguese = html.escape(before.replace(",", ".") + read_translations("texts").get(text, text))
    if english == portuguese:
        return english
    return (
        f"<tspan class=en lang=en>{english}</tspan><tspan class=pt lang=pt-BR>{portuguese}</tspan>"
    )


def _list_rows(rows: Sequence[Sequence[Layer]], source: str, target: str) -> Iterator[int]:
    """Yield the rows that stand between two layers."""
    places = {layer.name: place for place, row in enumerate(rows) for layer in row}
    yield from range(places[source] + 1, places[target])


def _draw_line(
    source: _Box, target: _Box, between: set[int], right: float, lanes: list[float]
) -> str:
    """Return a line from one box to another: round those between them, in a lane of its own.

    Args:
        source: Where it begins.
        target: Where it ends.
        between: The rows that it passes.
        right: Where the boxes end.
        lanes: Where the last line of each lane ends; changed here.
    """
    if not between:
        way = f"M{source.middle:g} {source.bottom:g} L{target.middle:g} {target.y:g}"
    else:
        begin, end = source.y + source.height * 0.75, target.y + target.height * 0.25
        lane = next((n for n, last in enumerate(lanes) if last <= begin), len(lanes))
        lanes[lane : lane + 1] = [end]
        x = right + _LANE * (lane + 1)
        way = f"M{source.right:g} {begin:g} H{x:g} V{end:g} H{target.right:g}"
    return f"<path class=line d='{way}' marker-end='url(#arrow)' />"
