"""Frames and requests over any bytes and any cut: nothing lost, nothing invented, nothing served twice."""

from __future__ import annotations

import struct

from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.modbus.access import Role
from simulator.modbus.answer import answer
from simulator.modbus.frames import Frame, FrameError, Splitter
from simulator.modbus.image import Image
from simulator.modbus.register_map import Loop, Point, Table, registers_of

LIMITS = settings(max_examples=300, deadline=None)
PV = Point("TT-101", "K", 300.0, 420.0)
REGISTERS = registers_of([PV], [Loop("TIC-101", PV, PV)], ["SIF-101"], ["TT-101.H"], ["override", "rearm"])
WORDS = st.integers(0, 65535)
ROLES = st.sampled_from(list(Role))
FRAMES = st.lists(
    st.builds(Frame, WORDS, st.integers(0, 255), st.binary(min_size=1, max_size=253)), max_size=20
)
CUTS = st.lists(st.integers(1, 40), min_size=1, max_size=400)
FUNCTIONS = st.sampled_from([1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43, 99])
NEAR = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 1000, 4000, 4004, 5000, 65535]) | WORDS
PDUS = st.binary(min_size=1, max_size=253) | st.builds(
    lambda function, *words, tail: bytes([function]) + struct.pack(">HH", *words) + tail,
    FUNCTIONS, NEAR, st.integers(0, 8) | WORDS, tail=st.binary(max_size=12),
)  # fmt: skip


def split(stream, cuts):
    """Frames of a stream that arrives in pieces of these lengths, and whether it was no Modbus."""
    splitter, found, at, k = Splitter(), [], 0, 0
    try:
        while at < len(stream):
            size = cuts[k % len(cuts)]
            for one in splitter.feed(stream[at : at + size]):
                found.append(one)
            at, k = at + size, k + 1
    except FrameError:
        return found, True
    return found, False


@LIMITS
@given(FRAMES, CUTS)
def test_frames_arrive_whole_and_in_order_however_the_stream_is_cut(frames, cuts):
    assert split(b"".join(one.encode() for one in frames), cuts) == (frames, False)


@LIMITS
@given(st.binary(max_size=600), CUTS)
@example(b"\x00\x01\x00\x00\x00\x01\x01", [1])
def test_any_bytes_at_all_split_alike_however_they_are_cut(stream, cuts):
    assert split(stream, cuts) == split(stream, [len(stream) + 1])


@LIMITS
@given(FRAMES, st.integers(1, 65535), WORDS)
def test_what_is_no_modbus_is_told_after_the_frames_before_it(frames, protocol, length):
    stream = b"".join(one.encode() for one in frames) + struct.pack(">HHH", 1, protocol, length)
    assert split(stream, [7]) == (frames, True)


@LIMITS
@given(FRAMES, CUTS)
def test_what_is_kept_is_never_more_than_one_frame(frames, cuts):
    splitter, stream, at = Splitter(), b"".join(one.encode() for one in frames), 0
    for size in cuts:
        list(splitter.feed(stream[at : at + size]))
        assert len(splitter._rest) < 260
        at += size


def state(image):
    holding = image.read(Table.HOLDING, 0, 6, 0.0).tolist()
    return holding, image.read(Table.COIL, 0, 2, 0.0).tolist(), image.writes, image.orders


@LIMITS
@given(PDUS, ROLES, st.integers(0, 255))
def test_every_request_has_an_answer_that_fits_its_function(pdu, role, unit):
    """An answer is the function or the function with its high bit and one of four codes."""
    image = Image(REGISTERS)
    image.publish([1, 2], 0.0)
    told = answer(image, role, unit, pdu, 0.0)
    assert 2 <= len(told.pdu) <= 253
    if told.code:
        assert told.pdu == bytes([pdu[0] | 0x80, told.code]) and told.code in (1, 2, 3, 11)
    else:
        assert told.pdu[0] == pdu[0]


@LIMITS
@given(PDUS, ROLES)
def test_a_refused_request_changes_nothing_and_no_role_writes_what_is_not_its_own(pdu, role):
    image = Image(REGISTERS)
    image.publish([1, 2], 0.0)
    shown = [image.read(Table.INPUT, base, 4, 0.0).tolist() for base in (0, 1000, 4000)]
    before = state(image)
    told = answer(image, role, 1, pdu, 0.0)
    after = state(image)
    if told.code or role in (Role.ENGINEERING, Role.NONE):
        assert after == before
    if role is Role.AI:
        assert after[1] == before[1]
    if role is Role.OPERATOR:
        assert after[0] == before[0]
    assert [image.read(Table.INPUT, base, 4, 0.0).tolist() for base in (0, 1000, 4000)] == shown


@LIMITS
@given(st.lists(WORDS, min_size=4, max_size=4))
def test_an_accepted_write_is_read_back_as_it_was_written(words):
    image = Image(REGISTERS)
    told = answer(image, Role.AI, 1, struct.pack(">BHHB4H", 16, 0, 4, 8, *words), 0.0)
    assert told.handed_over and image.taken.tolist() == words
    assert answer(image, Role.NONE, 1, b"\x03\x00\x00\x00\x04", 0.0).pdu[2:] == struct.pack(">4H", *words)


@LIMITS
@given(st.lists(st.tuples(st.integers(0, 3), WORDS), max_size=12))
def test_what_the_plc_takes_is_never_half_written(writes):
    """The mailbox that is taken is always the one that stood when a sequence was written."""
    image, stood = Image(REGISTERS), [[0, 0, 0, 0]]
    for address, value in writes:
        answer(image, Role.AI, 1, struct.pack(">BHH", 6, address, value), 0.0)
        if address == 3:
            stood.append(image.mailbox.tolist())
        assert image.taken.tolist() == stood[-1]
