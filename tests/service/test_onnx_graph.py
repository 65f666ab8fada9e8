"""What is read from the bytes of a graph, before anything runs it."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import FunctionProto, GraphProto, NodeProto, TensorProto, helper, numpy_helper

from service.runtimes.onnx_graph import GraphKind, read_kind
from tabuada.artifacts.store import Store
from tests.service.lasting import SlowNetwork, TrappedNetwork
from tests.service.tiny import TinyNetwork, fit_network
from tests.test_shipped import ROOT

STRAIGHT = GraphKind(straight=True, endable=True)
BENT = GraphKind(straight=False, endable=True)
ENDLESS = GraphKind(straight=False, endable=False)
TINY = fit_network(1, units=4)
_FLOAT = TensorProto.FLOAT


def make_graph(*nodes: NodeProto, **constants: list[int]) -> GraphProto:
    return helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info("x", _FLOAT, ["n", 6])],
        [helper.make_tensor_value_info("y", _FLOAT, None)],
        [numpy_helper.from_array(np.array(value), name) for name, value in constants.items()],
    )


def write(graph: GraphProto, functions: tuple[FunctionProto, ...] = ()) -> bytes:
    domains = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    model = helper.make_model(graph, opset_imports=domains, functions=functions)
    content: bytes = model.SerializeToString()
    return content


def node(operator: str, *names: str, **options: object) -> NodeProto:
    return helper.make_node(operator, list(names[:-1]), [names[-1]], **options)


def make_branch() -> GraphProto:
    out = helper.make_tensor_value_info("z", _FLOAT, None)
    return helper.make_graph([node("Identity", "x", "z")], "branch", [], [out])


@pytest.mark.parametrize("model", ["mlp", "arithmetic"])
def test_shipped_networks_are_straight(model: str) -> None:
    content = Store(ROOT / "artifacts").open(model, 1).read("model.onnx")
    assert read_kind(content) == STRAIGHT


@pytest.mark.parametrize(
    "network", [TINY, SlowNetwork(TINY.hidden, TINY.bias, TINY.out)], ids=["tiny", "slow"]
)
def test_networks_without_choices_are_straight(network: TinyNetwork) -> None:
    assert read_kind(network.to_onnx()) == STRAIGHT


@pytest.mark.parametrize(
    "graph",
    [
        make_graph(node("If", "c", "y", then_branch=make_branch(), else_branch=make_branch())),
        make_graph(node("Scan", "x", "y", body=make_branch(), num_scan_inputs=1)),
        make_graph(node("Relu", "x", "y", body=make_branch())),
        make_graph(node("Relu", "x", "y", domain="com.microsoft")),
        make_graph(node("Unheard", "x", "y")),
        make_graph(node("Range", "x", "x", "x", "y")),
        make_graph(node("Expand", "x", "x", "y")),
        make_graph(node("Tile", "x", "x", "y")),
        make_graph(node("NonZero", "x", "y")),
        make_graph(node("Compress", "x", "x", "y")),
        make_graph(node("ConstantOfShape", "x", "y")),
        make_graph(node("Reshape", "x", "x", "y")),
        make_graph(node("Cast", "x", "s", to=TensorProto.INT64), node("Slice", "x", "s", "s", "y")),
        make_graph(node("Split", "x", "x", "y")),
    ],
    ids=lambda graph: graph.node[-1].op_type,
)  # fmt: skip
def test_what_depends_on_values_is_not_straight(graph: GraphProto) -> None:
    assert read_kind(write(graph)) == BENT


@pytest.mark.parametrize(
    "graph",
    [
        make_graph(node("Slice", "x", "from", "to", "y"), **{"from": [0], "to": [1]}),
        make_graph(node("Reshape", "x", "to", "y"), to=[-1]),
        make_graph(
            node("Shape", "x", "s"), node("Add", "s", "one", "t"), node("Reshape", "x", "t", "y"),
            one=[0, 0],
        ),
        make_graph(
            node("Constant", "s", value=numpy_helper.from_array(np.array([3, 3]))),
            node("Split", "x", "s", "y"),
        ),
    ],
    ids=["initializers", "reshaped", "its own shape", "constants"],
)  # fmt: skip
def test_what_depends_on_sizes_alone_is_straight(graph: GraphProto) -> None:
    assert read_kind(write(graph)) == STRAIGHT


def test_functions_are_not_straight_and_their_loops_are_seen() -> None:
    domains = [helper.make_opsetid("", 17)]
    make: Callable[..., FunctionProto] = helper.make_function
    plain = make("own", "f", ["x"], ["y"], [node("Relu", "x", "y")], domains)
    empty = helper.make_graph([], "body", [], [])
    trap = make("own", "f", ["x"], ["y"], [node("Loop", "x", "y", body=empty)], domains)
    calling = make_graph(node("f", "x", "y", domain="own"))
    assert read_kind(write(calling, (plain,))) == BENT
    assert read_kind(write(make_graph(node("Relu", "x", "y")), (plain,))) == BENT
    assert read_kind(write(calling, (trap,))) == ENDLESS


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (None, BENT),
        ((), ENDLESS),
        ((node("Constant", "going_out", value=numpy_helper.from_array(np.array(True))),), ENDLESS),
        ((node("Identity", "sum_in", "sum_out"),), BENT),
    ],
    ids=["sum", "nothing", "constant", "identity"],
)
def test_loops_that_run_nothing_cannot_be_ended(
    body: tuple[NodeProto, ...] | None, kind: GraphKind
) -> None:
    network = TrappedNetwork(TINY.hidden, TINY.bias, TINY.out, body=body)
    assert read_kind(network.to_onnx()) == kind


def test_loop_within_a_branch_is_seen() -> None:
    empty = helper.make_graph([], "body", [], [])
    out = helper.make_tensor_value_info("z", _FLOAT, None)
    branch = helper.make_graph([node("Loop", "x", "z", body=empty)], "branch", [], [out])
    graph = make_graph(node("If", "c", "y", then_branch=make_branch(), else_branch=branch))
    assert read_kind(write(graph)) == ENDLESS


def test_second_graph_is_not_passed_over() -> None:
    hidden = write(make_graph(node("NonZero", "x", "y")))
    assert read_kind(write(make_graph(node("Relu", "x", "y"))) + hidden) == BENT
    assert read_kind(hidden + write(make_graph(node("Relu", "x", "y")))) == BENT


@settings(max_examples=100)
@given(st.integers(0, len(TINY.to_onnx()) - 20), st.binary(max_size=20))
def test_part_of_a_graph_is_never_taken_for_a_straight_one(cut: int, more: bytes) -> None:
    assert read_kind(TINY.to_onnx()[:cut]) == BENT
    assert read_kind(TINY.to_onnx() + b"\x0b" + more) == BENT  # a group, which hides what it holds
    assert read_kind(more).straight is False


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0ORTM" + TINY.to_onnx(), b"\x80" * 50])
def test_other_files_are_not_straight(content: bytes) -> None:
    assert read_kind(content) == BENT


def test_graph_of_very_many_parts_is_not_read_to_its_end() -> None:
    nodes = [node("Relu", "x", "y")] * 150_000
    assert read_kind(write(make_graph(*nodes[:100]))) == STRAIGHT
    assert read_kind(write(make_graph(*nodes))) == BENT
