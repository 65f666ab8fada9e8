"""The Open Inference Protocol: tensors of problems in, tensors of answers out."""
