"""Tests of the domain and of the artifact contract."""
