"""What every generated client gets from a service over the versions that ship."""

from typing import Any

MODELS = ["arithmetic", "mlp"]
EXPECTED: dict[str, Any] = {
    "predict": [[8.95, 3.75], [4, 10, 18], [8.95, -10.5], [0, 0]],
    "evaluate": [100, 2],
    "list_models": MODELS,
    "get_model": [1],
    "get_manifest": ["arithmetic", 0.1],
    "get_file": "# arithmetic: a neural arithmetic unit for + - * /",
    "check_live": "live",
    "check_ready": ["arithmetic", 1],
    "get_server_metadata": ["binary_tensor_data"],
    "check_server_live": True,
    "check_server_ready": True,
    "get_model_metadata": ["a", "op", "b"],
    "get_version_metadata": ["1"],
    "check_model_ready": True,
    "check_version_ready": True,
    "infer": [[8.95, 3.75], [False, False]],
    "infer_with_version": [[8.95, 3.75], [False, False]],
    "get_metrics": True,
    "get_loaded_models": MODELS,
    "refresh_models": MODELS,
    "move_label": MODELS,
    "remove_label": MODELS,
}
"""By operation. Of a prediction: as rows, as columns, as expressions, and how far these are off."""
REFUSED = ["unknown_model", "model: expected"]
"""The code of an error, and the beginning of one below `/v2`."""
