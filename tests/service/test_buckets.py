"""Fixed batch sizes: every batch has one of them, and the answers stay the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.runtimes.buckets import BUCKETS, choose_bucket, pad, run_in_buckets
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats


@settings(max_examples=80, deadline=None)
@given(n=st.integers(0, 3 * BUCKETS[-1]))
def test_any_number_of_rows_runs_in_the_buckets_sizes(n: int) -> None:
    features = np.random.default_rng(n).normal(size=(n, 6)).astype(np.float32)
    sizes = []

    def run(batch: Features) -> Floats:
        assert batch.dtype == features.dtype
        sizes.append(len(batch))
        values: Floats = batch.sum(axis=1, keepdims=True)
        return values

    values = run_in_buckets(run, features)
    np.testing.assert_array_equal(values, features.sum(axis=1))
    assert set(sizes) <= set(BUCKETS)
    assert n <= sum(sizes) <= max(4 * n, 1)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_bucket_is_the_least_that_holds_the_rows(bucket: int) -> None:
    assert choose_bucket(bucket) == bucket
    assert choose_bucket(bucket + 1) == min((b for b in BUCKETS if b > bucket), default=bucket)


def test_padding_repeats_rows_that_are_asked_anyway() -> None:
    features = np.arange(1.0, 11.0).reshape(5, 2)
    padded = pad(features, 16)
    np.testing.assert_array_equal(padded[:5], features)
    np.testing.assert_array_equal(padded[5:], np.repeat(features[4:], 11, axis=0))
