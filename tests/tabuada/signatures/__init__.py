"""Signatures of versions."""
