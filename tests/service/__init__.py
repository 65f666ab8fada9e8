"""Tests of the service, by real requests to a real process."""
