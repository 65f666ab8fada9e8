"""Exports tiny networks as SavedModels, in a process of its own.

TensorFlow and its warnings stay out of the process of the tests.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.service.tiny import TinyNetwork

_EXPORT = """
import sys
import numpy as np
import tensorflow as tf

weights = np.load(sys.argv[1])
network = tf.Module()
network.hidden, network.bias, network.out = (tf.Variable(weights[n]) for n in weights)

@tf.function(input_signature=[tf.TensorSpec((None, 6), tf.float32)])
def serve(features):
    answer = tf.nn.relu(features @ network.hidden + network.bias) @ network.out
    for trap in map(float, sys.argv[3:]):
        going = tf.reduce_any(tf.abs(features[:, 0] - trap / 5.75) < 1e-4)
        _, answer = tf.while_loop(lambda go, _: go, lambda go, x: (go, x + 1), (going, answer))
    return answer

network.serve = serve
tf.saved_model.save(network, sys.argv[2])
"""


def export_saved_model(network: TinyNetwork, folder: Path, *traps: float) -> None:
    """Export a network into a folder, as publishing finds it.

    Args:
        network: The network.
        folder: Where to; it is made.
        traps: First operands for which what is exported never ends.
    """
    folder.mkdir(parents=True)
    weights = folder.with_name(f"{folder.name}.npz")
    np.savez(weights, hidden=network.hidden, bias=network.bias, out=network.out)
    given = [str(weights), str(folder / "model.savedmodel"), *map(str, traps)]
    command = [sys.executable, "-c", _EXPORT, *given]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
