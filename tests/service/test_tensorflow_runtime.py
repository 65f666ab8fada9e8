"""The TensorFlow runtime: the same answers as ONNX Runtime, from a SavedModel."""

import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

from tabuada.store import Store
from tests.service.conftest import StartServer
from tests.service.test_predict import Networks, as_columns, make_rows
from tests.service.tiny import check_answers, publish_tiny

# In a process of its own: TensorFlow and its warnings stay out of this one.
EXPORT = """
import sys
import numpy as np
import tensorflow as tf

weights = np.load(sys.argv[1])
network = tf.Module()
network.hidden, network.bias, network.out = (tf.Variable(weights[n]) for n in weights)

@tf.function(input_signature=[tf.TensorSpec((None, 6), tf.float32)])
def serve(features):
    return tf.nn.relu(features @ network.hidden + network.bias) @ network.out

network.serve = serve
tf.saved_model.save(network, sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["tensorflow", "auto"])
def test_runtime_gives_the_networks_answers(
    start_server: StartServer, tmp_path: Path, networks: Networks, runtime: str
) -> None:
    network = networks[1]
    work = tmp_path / "work"
    np.savez(tmp_path / "w.npz", hidden=network.hidden, bias=network.bias, out=network.out)
    paths = [str(tmp_path / "w.npz"), str(work / "model.savedmodel")]
    command = [sys.executable, "-c", EXPORT, *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    store = Store(tmp_path / "artifacts")
    publish_tiny(store, work, network)
    server = start_server(store.root, runtime=runtime)
    # The process answers health checks long before TensorFlow is there.
    assert httpx.get(f"{server.url}/health/live").status_code == 200
    server.wait_ready(timeout_s=240)
    rows = make_rows(3000)
    answer = httpx.post(f"{server.url}/predict", json=as_columns(rows), timeout=60)
    check_answers(answer.json()["predictions"], network.forward(rows))
    assert ("Predicting with tensorflow" in server.log()) == (runtime == "tensorflow")
    assert server.stop() == 0
