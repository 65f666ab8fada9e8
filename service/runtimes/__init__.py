"""What runs a network: ONNX Runtime on a CPU, TensorFlow on a GPU."""
