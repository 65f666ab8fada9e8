"""The examples of the OpenAPI description. Each runs as it stands, with any version."""

from fastapi.openapi.models import Example

PREDICT_EXAMPLES: dict[str, Example] = {
    "rows": {
        "summary": "Row by row",
        "value": {"instances": [{"a": 4.93, "op": "+", "b": 4.02}, {"a": 7.5, "op": "/", "b": 2}]},
    },
    "columns": {
        "summary": "Column by column",
        "value": {"a": [4.93, 7.5, -3], "op": ["+", "÷", "×"], "b": [4.02, 2, 6.1]},  # noqa: RUF001
    },
    "one operation": {
        "summary": "Columns with one operation for all",
        "value": {"a": [1, 2, 3], "op": "*", "b": [4, 5, 6]},
    },
    "expressions": {
        "summary": "As people type them, with exact values to compare with",
        "value": {"expressions": ["4.93 + 4.02", "6,3 ÷ -0,6"], "exact": True},
    },
}

EVALUATE_EXAMPLES: dict[str, Example] = {
    "sample": {
        "summary": "10,000 additions drawn from a range",
        "value": {"sample": {"n": 10_000, "operations": ["+"], "range": [-10, 10], "seed": 1}},
    },
    "defaults": {
        "summary": "All operations, where the model was trained",
        "value": {"sample": {}},
    },
    "labelled": {
        "summary": "Your own problems with the values they should give",
        "value": {
            "instances": [{"a": 4.93, "op": "+", "b": 4.02}, {"a": 7.5, "op": "/", "b": 2}],
            "expected": [8.95, 3.75],
        },
    },
}
