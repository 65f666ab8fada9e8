"""Tests of the manifests under `deploy/kubernetes/`."""
