"""Words on the wire: every one of them, what does not fit, and counters that must not be lost."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.modbus.codec import NO_VALUE, Link, LinkInputs, LinkOut, decode, encode

SPAN = (300.0, 420.0)


def carried(values, span=SPAN):
    """Words and decoded values of one point over a link, shape (n,)."""
    link = Link((span,))
    sent = np.array(values, float).reshape(1, -1)
    state, out = link.initial(sent.shape[1]), np.zeros_like(sent)
    link.step(state, LinkInputs(sent), LinkOut(out), 0)
    return state.words[0], out[0]


def test_every_word_survives_being_decoded_and_encoded_again():
    (low,), (resolution,) = Link((SPAN,)).scales()
    words = np.arange(NO_VALUE)
    again, _ = carried(low + words * resolution)
    np.testing.assert_array_equal(again, words)


def test_every_word_but_the_last_is_a_finite_value_and_the_last_is_none():
    (low,), (resolution,) = Link((SPAN,)).scales()
    values = np.array([decode(word, low, resolution) for word in range(65536)])
    assert np.isfinite(values[:-1]).all()
    assert math.isnan(values[-1])
    assert (np.diff(values[:-1]) > 0).all()


def test_the_words_span_the_range_and_5_percent_on_either_side():
    (low,), (resolution,) = Link((SPAN,)).scales()
    assert decode(0, low, resolution) == pytest.approx(294.0)
    assert decode(65534, low, resolution) == pytest.approx(426.0)
    assert resolution == pytest.approx(132.0 / 65534)


@pytest.mark.parametrize("value", [293.9, -1e308, -math.inf])
def test_below_the_span_the_word_is_the_lowest(value):
    words, values = carried([value])
    assert words[0] == 0
    assert values[0] == pytest.approx(294.0)


@pytest.mark.parametrize("value", [426.1, 1e308, math.inf])
def test_above_the_span_the_word_is_the_highest_value_and_never_no_value(value):
    words, values = carried([value])
    assert words[0] == 65534
    assert values[0] == pytest.approx(426.0)


def test_no_value_travels_as_such_and_leaves_its_neighbours_alone():
    words, values = carried([350.0, math.nan, 351.0])
    assert words[1] == NO_VALUE
    np.testing.assert_array_equal(np.isnan(values), [False, True, False])


def test_each_point_of_a_link_has_its_own_scale():
    link = Link((SPAN, (0.0, 1.0)))
    state, out = link.initial(1), np.zeros((2, 1))
    link.step(state, LinkInputs(np.array([[350.0], [0.25]])), LinkOut(out), 0)
    assert out[0, 0] == pytest.approx(350.0, abs=1e-3)
    assert out[1, 0] == pytest.approx(0.25, abs=1e-5)


def counted(*sent, counters=1):
    """What arrives of counts that ride behind one quantity, step by step, shape (steps, counters)."""
    link = Link((SPAN,), counters)
    state, out, found = link.initial(1), np.zeros((1 + counters, 1)), []
    for k, counts in enumerate(sent):
        values = np.array([350.0, *np.atleast_1d(counts)]).reshape(-1, 1)
        link.step(state, LinkInputs(values), LinkOut(out), k)
        assert out[0, 0] == pytest.approx(350.0, abs=1e-3)
        found.append(out[1:, 0].copy())
    return np.array(found)


def test_every_count_of_16_bits_arrives_as_it_was_sent():
    """No word of a counter means that there is no value, and none is rounded."""
    link, counts = Link((SPAN,), 2), np.arange(65536.0)
    sent = np.vstack([np.full_like(counts, 350.0), counts, counts[::-1]])
    got = np.zeros_like(sent)
    link.step(link.initial(counts.size), LinkInputs(sent), LinkOut(got), 0)
    np.testing.assert_array_equal(got[1:], sent[1:])


@pytest.mark.parametrize(("sent", "got"), [(65535, 65535), (65536, 0), (65537, 1), (131_072, 0), (-1, 65535)])
def test_a_counter_wraps_at_65536(sent, got):
    assert counted(sent)[0, 0] == got


@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
def test_a_count_that_is_no_number_leaves_the_word_as_it_stands(lost):
    """So the watchdog sees a counter that does not move."""
    assert counted([41, 7], [lost, 8], [42, lost], counters=2).tolist() == [[41, 7], [41, 8], [42, 8]]


def test_one_word_has_one_meaning_wherever_it_is_encoded():
    (low,), (resolution,) = Link((SPAN,)).scales()
    values = np.linspace(290.0, 430.0, 997)
    words, decoded = carried(values)
    assert [encode(float(v), low, resolution) for v in values] == words.tolist()
    assert [decode(int(w), low, resolution) for w in words] == decoded.tolist()
