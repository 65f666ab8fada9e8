"""Tests of stores on object storage."""
