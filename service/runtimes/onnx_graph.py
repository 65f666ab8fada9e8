"""What the graph of an ONNX file can do, read from its bytes before anything runs it.

Only as much of Protocol Buffers is read as that takes: the service does without the `onnx` package.
What is not understood makes a network that may run for ever, never one that may not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

# Operators whose time, and the size of whose results, follow from the sizes of what goes in.
_STRAIGHT = (
    "Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool "
    "BatchNormalization BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu "
    "Clip Concat Constant Conv Cos Cosh CumSum DepthToSpace DequantizeLinear Div Dropout "
    "Einsum Elu Equal Erf Exp Flatten Floor Gather GatherElements GatherND Gelu Gemm "
    "GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual HardSigmoid HardSwish Hardmax "
    "Identity InstanceNormalization IsInf IsNaN LRN LayerNormalization LeakyRelu Less "
    "LessOrEqual Log LogSoftmax LpNormalization MatMul MatMulInteger Max MaxPool Mean "
    "MeanVarianceNormalization Min Mish Mod Mul Neg Not Or PRelu Pow QLinearConv "
    "QLinearMatMul QuantizeLinear Reciprocal Relu Round ScatterElements Selu Shape Shrink "
    "Sigmoid Sign Sin Sinh Size Softmax Softplus Softsign SpaceToDepth Sqrt Sub Sum Tan Tanh "
    "ThresholdedRelu Transpose Trilu Where Xor "
)
# Those of which this holds as long as every input but the first is the same for all rows.
_SHAPING = (
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd "
    "ReduceSum ReduceSumSquare Reshape Slice Split Squeeze Unsqueeze "
)
_KNOWN = frozenset((_STRAIGHT + _SHAPING).split())
_SHAPED_BY_INPUTS = frozenset(_SHAPING.split())
_SIZES_ALONE = frozenset(("Shape", "Size"))
_GRAPH, _FUNCTIONS = 7, 25  # of a ModelProto
_GRAPH_NODES, _FUNCTION_NODES = 1, 7
_INITIALIZERS, _TENSOR_NAME = 5, 8
_INPUT, _OUTPUT, _OPERATOR, _ATTRIBUTES, _DOMAIN = 1, 2, 4, 5, 7  # of a NodeProto
_SUBGRAPHS = (6, 11)  # of an AttributeProto
_DEEPEST = 64
_MOST_FIELDS = 500_000  # some 50,000 nodes: a second, in which others wait for this thread
_Left = Iterator[int]  # as many as may be read yet
_ORT_FORMAT = b"ORTM"  # ONNX Runtime's own, which it takes as well: at byte 4


@dataclass(frozen=True, slots=True)
class GraphKind:
    """How long the runs of a network can take.

    Attributes:
        straight: The time depends on how many rows there are, and not on what they hold: nothing
            in it repeats, branches, or makes as much as a value says.
        endable: A run can be ended: no loop goes round without running anything.
    """

    straight: bool
    endable: bool


class _Unreadable(ValueError):
    """Bytes that are no message of Protocol Buffers, hide what they hold, or are too many parts."""


def read_kind(content: bytes) -> GraphKind:
    """Return what kind of graph the bytes of an ONNX file hold.

    Args:
        content: The file; whether it is one is for ONNX Runtime to say.
    """
    if content[4:8] == _ORT_FORMAT:
        return GraphKind(straight=False, endable=True)
    left: _Left = iter(range(_MOST_FIELDS))
    try:
        graphs, functions = [], []
        for number, value in _read_fields(memoryview(content), left):
            if number == _GRAPH:
                graphs.append(value)
            elif number == _FUNCTIONS:
                functions.append(value)
        kinds = [_judge(graph, _GRAPH_NODES, left) for graph in graphs]
        kinds += [_judge(function, _FUNCTION_NODES, left) for function in functions]
    except _Unreadable:  # ONNX Runtime may well refuse it
        return GraphKind(straight=False, endable=True)
    straight = bool(graphs) and not functions and all(kind.straight for kind in kinds)
    return GraphKind(straight, all(kind.endable for kind in kinds))


def _judge(graph: memoryview, nodes: int, left: _Left, depth: int = 0) -> GraphKind:
    if depth > _DEEPEST:
        raise _Unreadable
    straight = endable = True
    fixed = {""}  # the values that do not depend on what goes in
    if nodes == _GRAPH_NODES:
        fixed.update(_list_initializers(graph, left))
    for number, content in _read_fields(graph, left):
        if number != nodes:
            continue
        node = _read_node(content, left)
        straight &= _is_straight(node, fixed)
        for subgraph in node.subgraphs:
            endable &= _judge(subgraph, _GRAPH_NODES, left, depth + 1).endable
            # ONNX Runtime looks whether it is to end before each node, and so never in an empty
            # body. Constants are none: it takes them out when it loads.
            if node.operator == "Loop" and not _runs_something(subgraph, left):
                endable = False
    return GraphKind(straight, endable)


def _is_straight(node: "_Node", fixed: set[str]) -> bool:
    """Return whether a node is, and note which values are the same for all rows."""
    if node.operator not in _KNOWN or node.domain not in ("", "ai.onnx") or node.subgraphs:
        return False
    if node.operator in _SHAPED_BY_INPUTS and not fixed.issuperset(node.inputs[1:]):
        return False
    if node.operator in _SIZES_ALONE or fixed.issuperset(node.inputs):
        fixed.update(node.outputs)
    return True


def _list_initializers(graph: memoryview, left: _Left) -> Iterator[str]:
    for number, tensor in _read_fields(graph, left):
        if number == _INITIALIZERS:
            names = (name for n, name in _read_fields(tensor, left) if n == _TENSOR_NAME)
            yield from map(_read_text, names)


def _runs_something(graph: memoryview, left: _Left) -> bool:
    nodes = (node for number, node in _read_fields(graph, left) if number == _GRAPH_NODES)
    return any(_read_node(node, left).operator != "Constant" for node in nodes)


@dataclass(slots=True)
class _Node:
    operator: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    subgraphs: list[memoryview] = field(default_factory=list)


def _read_node(content: memoryview, left: _Left) -> _Node:
    node = _Node()
    for number, value in _read_fields(content, left):
        if number == _INPUT:
            node.inputs.append(_read_text(value))
        elif number == _OUTPUT:
            node.outputs.append(_read_text(value))
        elif number == _OPERATOR:  # the last one counts
            node.operator = _read_text(value)
        elif number == _DOMAIN:
            node.domain = _read_text(value)
        elif number == _ATTRIBUTES:
            node.subgraphs += [part for n, part in _read_fields(value, left) if n in _SUBGRAPHS]
    return node


def _read_text(content: memoryview) -> str:
    return bytes(content).decode("latin-1")


def _read_fields(message: memoryview, left: _Left) -> Iterator[tuple[int, memoryview]]:
    """Yield number and content of those fields that have a length; pass over the others."""
    place = 0
    while place < len(message):
        if next(left, None) is None:
            raise _Unreadable
        key, place = _read_number(message, place)
        wire = key & 7
        if wire == 0:
            _, place = _read_number(message, place)
        elif wire in (1, 5):
            place += 8 if wire == 1 else 4
        elif wire == 2:
            size, place = _read_number(message, place)
            if size > len(message) - place:
                raise _Unreadable
            yield key >> 3, message[place : place + size]
            place += size
        else:  # groups, which nothing of ONNX is
            raise _Unreadable
    if place > len(message):
        raise _Unreadable


def _read_number(message: memoryview, place: int) -> tuple[int, int]:
    """Return a number of variable length, and where it ends."""
    number = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            raise _Unreadable
        byte = message[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, place
    raise _Unreadable
