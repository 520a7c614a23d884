"""Exponential, logarithm and one turn of the cosine from plain IEEE operations.

The system's mathematics library differs in the last bit from version to version, and a
compiler may vectorise it or not; on an unstable plant the last bit grows. These three are
branch-free, so a loop over replicas vectorises and replica k of a block equals replica k alone.
Argument reduction as in J.-M. Muller, "Elementary Functions", 3rd ed., 2016, chapter 11.
"""

from __future__ import annotations

import numpy as np

from simulator.core.kernel import rule

_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer kept in the low bits
_ROUND_BITS = np.int64(0x4338000000000000)
_LOG2E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01  # ln 2 to 33 bits: k * high is exact
_LN2_LOW = 1.90821492927058770002e-10
_SQRT2 = 1.4142135623730951


@rule
def exp(x: float) -> float:
    """Exponential of `x`, relative error below 4e-16; NaN stays NaN, beyond +-700 it is held."""
    held = min(max(x, -700.0), 700.0)
    shifted = held * _LOG2E + _ROUND
    k = shifted - _ROUND
    r = (held - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    power = np.float64(shifted).view(np.int64) - _ROUND_BITS + np.int64(1023)
    value = p * np.int64(power << np.int64(52)).view(np.float64)
    return value if x == x else x


@rule
def log(x: float) -> float:
    """Natural logarithm of a positive normal number, relative error below 3e-16 away from 1."""
    bits = np.float64(x).view(np.int64)
    exponent = (bits >> np.int64(52)) - np.int64(1023)
    mantissa_bits = (bits & np.int64(0x000FFFFFFFFFFFFF)) | np.int64(0x3FF0000000000000)
    mantissa = np.int64(mantissa_bits).view(np.float64)
    high = mantissa > _SQRT2
    m = 0.5 * mantissa if high else mantissa
    e = float(exponent) + (1.0 if high else 0.0)
    f = (m - 1.0) / (m + 1.0)
    s = f * f
    p = 1.0 / 21.0
    p = p * s + 1.0 / 19.0
    p = p * s + 1.0 / 17.0
    p = p * s + 1.0 / 15.0
    p = p * s + 1.0 / 13.0
    p = p * s + 1.0 / 11.0
    p = p * s + 1.0 / 9.0
    p = p * s + 1.0 / 7.0
    p = p * s + 1.0 / 5.0
    p = p * s + 1.0 / 3.0
    p = p * s + 1.0
    return e * _LN2_HIGH + (2.0 * f * p + e * _LN2_LOW)


@rule
def cos_turn(u: float) -> float:
    """Cosine of `u` turns for `u` in [0, 1), absolute error below 1e-11 (ample for noise)."""
    x = 6.283185307179586 * (abs(u - 0.5) - 0.25)  # in [-pi/2, pi/2]; cos(2 pi u) = sin(x)
    s = x * x
    p = 1.0 / 355687428096000.0
    p = p * s - 1.0 / 1307674368000.0
    p = p * s + 1.0 / 6227020800.0
    p = p * s - 1.0 / 39916800.0
    p = p * s + 1.0 / 362880.0
    p = p * s - 1.0 / 5040.0
    p = p * s + 1.0 / 120.0
    p = p * s - 1.0 / 6.0
    p = p * s + 1.0
    return p * x
