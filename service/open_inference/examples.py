"""The examples of the description of the Open Inference Protocol. Each runs as it stands."""

from fastapi.openapi.models import Example

INFERENCE_EXAMPLES: dict[str, Example] = {
    "all outputs": {
        "summary": "Three problems",
        "value": {
            "inputs": [
                {"name": "a", "shape": [3], "datatype": "FP64", "data": [4.93, 7.5, -3]},
                {"name": "op", "shape": [3], "datatype": "BYTES", "data": ["+", "÷", "×"]},  # noqa: RUF001
                {"name": "b", "shape": [3], "datatype": "FP64", "data": [4.02, 2, 6.1]},
            ]
        },
    },
    "one operation": {
        "summary": "One operation for all, whole numbers, and predictions alone",
        "value": {
            "id": "times-table",
            "inputs": [
                {"name": "a", "shape": [3, 1], "datatype": "INT32", "data": [[1], [2], [3]]},
                {"name": "op", "shape": [1], "datatype": "BYTES", "data": ["*"]},
                {"name": "b", "shape": [3, 1], "datatype": "INT32", "data": [[4], [5], [6]]},
            ],
            "outputs": [{"name": "prediction"}],
        },
    },
}
