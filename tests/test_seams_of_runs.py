"""The parts of libraries that runs and their metrics lean on; see `test_seams.py`."""

import threading
from typing import Any

import pytest

from tests.test_seams import check

# TensorFlow is set up once a process, before its first computation: as the trainer has it.
pytestmark = pytest.mark.usefixtures("one_thread")


def test_tensorflow_still_runs_graphs_that_can_be_ended() -> None:
    import tensorflow as tf  # noqa: PLC0415
    from tensorflow.python.eager import context, execute  # noqa: PLC0415
    from tensorflow.python.eager.cancellation import CancellationManager  # noqa: PLC0415

    def count(start: Any) -> Any:
        return tf.while_loop(lambda x: tf.reduce_all(x > 0), lambda x: x + 1.0, [start])[0]

    takes = tf.TensorSpec((1,), tf.float32)
    graph = tf.function(count, autograph=False).get_concrete_function(takes)
    options = context.context().function_call_options.as_attrs()
    attributes = tuple(part for pair in options.items() for part in pair)
    check("tensorflow: function_call_options", attributes[0] == "executor_type", "of a call")
    given = ([tf.zeros(1), *graph.captured_inputs], attributes, context.context())
    manager = CancellationManager()
    (ran,) = execute.execute_with_cancellation(graph.name.decode(), 1, *given, manager)
    check("tensorflow: execute_with_cancellation", float(ran[0]) == 0, "runs a graph")
    given[0][0] = tf.ones(1)
    threading.Timer(0.5, manager.start_cancel).start()
    with pytest.raises(tf.errors.CancelledError):
        execute.execute_with_cancellation(graph.name.decode(), 1, *given, manager)
    check("tensorflow: CancellationManager", manager.is_cancelled, "what ends it")


def test_onnxruntime_still_ends_runs() -> None:
    import onnxruntime  # noqa: PLC0415

    check("onnxruntime: terminate", onnxruntime.RunOptions().terminate is False, "ends a run")


def test_prometheus_client_still_makes_numbers_of_the_class_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from prometheus_client import CollectorRegistry, Gauge, values  # noqa: PLC0415

    made: list[tuple[Any, ...]] = []

    def note(*described: Any, **options: Any) -> Any:
        made.append((*described, options))

    monkeypatch.setattr(values, "ValueClass", note)
    Gauge("busy", "Busy", multiprocess_mode="livesum", registry=CollectorRegistry())
    known = [("gauge", "busy", "busy", (), (), "Busy", {"multiprocess_mode": "livesum"})]
    check("prometheus_client: ValueClass", made == known, "what makes a number")
