"""Tests of the distance in float32 steps."""

import numpy as np
import pytest

from tabuada.arithmetic.error_statistics import count_ulps

TINY = float(np.finfo(np.float32).smallest_subnormal)
UP = float(np.nextafter(np.float32(1), np.float32(2)))
DOWN = float(np.nextafter(np.float32(1), np.float32(0)))


@pytest.mark.parametrize(
    ("expected", "predicted", "ulps"),
    [
        (1.0, 1.0, 0),
        (1.0, UP, 1),
        (1.0, DOWN, 1),
        (DOWN, UP, 2),
        (-1.0, -UP, 1),
        (1.0, 1.0 + 2**-30, 0),
        (0.0, -0.0, 0),
        (-TINY, TINY, 2),
        (1.0, 2.0, 2**23),
        (1.0, -1.0, 2 * 0x3F800000),
    ],
)
def test_ulps_count_the_float32_numbers_between(
    expected: float, predicted: float, ulps: int
) -> None:
    assert count_ulps(np.array([expected]), np.array([predicted])).tolist() == [ulps]
    assert count_ulps(np.array([predicted]), np.array([expected])).tolist() == [ulps]
