"""The domain and the artifact contract that trainer and service share.

Knows arithmetic, features, metrics and the store of published versions. Knows neither
TensorFlow nor HTTP, and imports neither `trainer` nor `service`.
"""
