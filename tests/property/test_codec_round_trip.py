"""The codec over any range and any value: half a step inside, saturated outside, never reordered."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.modbus.codec import NO_VALUE, Link, LinkInputs, LinkOut, decode, encode

ENDS = st.floats(-1e6, 1e6, allow_nan=False)
WIDTHS = st.floats(1e-3, 1e6, allow_nan=False)
SHARES = st.floats(0.0, 1.0, allow_nan=False)
LIMITS = settings(max_examples=200, deadline=None)


def scale(low, width):
    (zero,), (resolution,) = Link(((low, low + width),)).scales()
    return float(zero), float(resolution)


@LIMITS
@given(ENDS, WIDTHS, SHARES)
def test_inside_the_span_and_5_percent_beyond_a_value_comes_back_within_half_a_step(low, width, share):
    zero, step = scale(low, width)
    value = zero + share * 65534 * step
    back = decode(encode(value, zero, step), zero, step)
    rounding = 4 * float(np.spacing(abs(low) + width))
    assert abs(back - value) <= 0.5 * step + rounding


@LIMITS
@given(ENDS, WIDTHS, st.floats(0.0, 1e12, allow_nan=False), st.booleans())
def test_beyond_it_a_value_saturates_at_the_end_it_left_by(low, width, past, above):
    zero, step = scale(low, width)
    top = zero + 65534 * step
    word = encode(top + past if above else zero - past, zero, step)
    assert word == (65534 if above else 0)


@LIMITS
@given(ENDS, WIDTHS, st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_a_larger_value_never_has_a_smaller_word(low, width, one, other):
    zero, step = scale(low, width)
    smaller, larger = min(one, other), max(one, other)
    assert encode(smaller, zero, step) <= encode(larger, zero, step)


@LIMITS
@given(ENDS, WIDTHS, st.floats())
def test_any_float_at_all_becomes_a_16_bit_word(low, width, value):
    word = encode(value, *scale(low, width))
    assert 0 <= word <= 65535
    assert (word == NO_VALUE) == math.isnan(value)


@LIMITS
@given(ENDS, WIDTHS, st.integers(0, 65535))
def test_a_word_that_is_decoded_and_encoded_again_is_the_same_word(low, width, word):
    zero, step = scale(low, width)
    assert encode(decode(word, zero, step), zero, step) == word


@LIMITS
@given(ENDS, WIDTHS, st.integers(0, 2**53))
def test_a_count_arrives_whole_whatever_the_quantity_before_it(low, width, count):
    link, got = Link(((low, low + width),), counters=1), np.zeros((2, 1))
    link.step(link.initial(1), LinkInputs(np.array([[low], [float(count)]])), LinkOut(got), 0)
    assert got[1, 0] == count % 65536


@LIMITS
@given(ENDS, WIDTHS, SHARES)
def test_a_value_inside_the_range_is_never_decoded_as_saturated(low, width, share):
    """A reader can tell saturation, since the end words lie outside the range."""
    zero, step = scale(low, width)
    value = low + share * width
    assert 0 < encode(value, zero, step) < 65534
