"""Networks that take long: slow ones, and ones that for some operand never end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from tests.service.tiny import TinyNetwork

TRAP = 7.25
"""A first operand for which networks here never end; none of those that they are tested with."""

_SCALED_TRAP = np.array([TRAP / 5.75], np.float32)
_WIDE = 1536
_FLOAT, _BOOL = TensorProto.FLOAT, TensorProto.BOOL


@dataclass(frozen=True)
class TrappedNetwork(TinyNetwork):
    """Answers as the tiny one does, and goes round in a loop while an operand is the trap.

    Attributes:
        always: Whether it does for every operand.
        body: What its loop runs each time; None for a sum.
        more: Constants that this needs.
    """

    always: bool = False
    body: tuple[NodeProto, ...] | None = None
    more: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)

    def to_onnx(self) -> bytes:
        """Return the network as an ONNX model."""
        model = onnx.load_from_string(TinyNetwork.to_onnx(self))
        graph = model.graph
        (last,) = [node for node in graph.node if "value" in node.output]
        last.output[0] = "answer"
        going_on = [
            helper.make_node("Slice", ["features", "zero", "one", "one"], ["a"]),
            helper.make_node("Sub", ["a", "trap"], ["away"]),
            helper.make_node("Abs", ["away"], ["distance"]),
            helper.make_node("ReduceMin", ["distance"], ["nearest"], keepdims=0),
            helper.make_node("Less", ["nearest", "near"], ["going"]),
        ]
        graph.node.extend([*going_on, helper.make_node("Loop", ["", "going", "answer"], ["value"],
                                                       body=self._make_body())])  # fmt: skip
        constants = {
            "zero": np.array([0]),
            "one": np.array([1]),
            "trap": _SCALED_TRAP,
            "near": np.array(np.inf if self.always else 1e-4, np.float32),
            **self.more,
        }
        for name, value in constants.items():
            graph.initializer.append(numpy_helper.from_array(value, name))
        content: bytes = model.SerializeToString()
        return content

    def _make_body(self) -> onnx.GraphProto:
        nodes: Sequence[NodeProto] = self.body or ()
        if self.body is None:
            nodes = [helper.make_node("Add", ["sum_in", "near"], ["sum_out"])]
        made = {name for node in nodes for name in node.output}
        outputs = [
            ("going_out" if "going_out" in made else "going_in", _BOOL, []),
            ("sum_out" if "sum_out" in made else "sum_in", _FLOAT, ["n", 1]),
        ]
        return helper.make_graph(
            list(nodes),
            "body",
            [
                helper.make_tensor_value_info("round", TensorProto.INT64, []),
                helper.make_tensor_value_info("going_in", _BOOL, []),
                helper.make_tensor_value_info("sum_in", _FLOAT, ["n", 1]),
            ],
            [helper.make_tensor_value_info(*output) for output in outputs],
        )


@dataclass(frozen=True)
class SlowNetwork(TinyNetwork):
    """Answers as the tiny one does, after multiplying large matrices for nothing.

    Attributes:
        layers: How many.
    """

    layers: int = 1

    def to_onnx(self) -> bytes:
        """Return the network as an ONNX model."""
        model = onnx.load_from_string(TinyNetwork.to_onnx(self))
        graph = model.graph
        (last,) = [node for node in graph.node if "value" in node.output]
        last.output[0] = "answer"
        through = [f"wide{layer}" for layer in range(self.layers + 1)]
        steps = [("features", "widen", through[0])]
        steps += [(a, "square", b) for a, b in pairwise(through)]
        steps += [(through[-1], "narrow", "nothing")]
        graph.node.extend(helper.make_node("MatMul", [a, b], [to]) for a, b, to in steps)
        graph.node.append(helper.make_node("Add", ["answer", "nothing"], ["value"]))
        for name, shape in (("widen", (6, _WIDE)), ("square", (_WIDE, _WIDE)),
                            ("narrow", (_WIDE, 1))):  # fmt: skip
            graph.initializer.append(numpy_helper.from_array(np.zeros(shape, np.float32), name))
        content: bytes = model.SerializeToString()
        return content
