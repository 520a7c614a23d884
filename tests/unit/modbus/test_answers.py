"""Answers to right and wrong requests, each with its own function code: nothing is refused on paper only."""

from __future__ import annotations

import struct

import pytest
from plc import REGISTERS, SCAN, read, write_many, write_one

from simulator.modbus.access import Role
from simulator.modbus.answer import answer
from simulator.modbus.image import Image

FUNCTION, ADDRESS, VALUE, NO_UNIT = 1, 2, 3, 11


def image():
    made = Image(REGISTERS)
    made.publish(SCAN, 0.0)
    return made


def told(pdu, role=Role.AI, unit=1, on=None):
    return answer(on or image(), role, unit, pdu, 0.0)


def refused(function, code):
    return bytes([function | 0x80, code])


@pytest.mark.parametrize("function", [0, 7, 8, 11, 12, 17, 20, 21, 22, 24, 65, 99, 127])
def test_an_unknown_function_is_answered_with_its_own_code_and_exception_1(function):
    assert told(bytes([function]) + b"\x00" * 4).pdu == refused(function, FUNCTION)


def test_a_request_that_looks_like_an_exception_is_an_unknown_function():
    assert told(b"\x83\x02").pdu == refused(3, FUNCTION)


@pytest.mark.parametrize(("function", "most"), [(1, 2000), (2, 2000), (3, 125), (4, 125)])
@pytest.mark.parametrize("count", [0, 1, 65535])
def test_a_bad_quantity_is_exception_3_before_any_address_is_looked_at(function, most, count):
    count = most + 1 if count == 1 else count
    assert told(read(function, 60000, count)).pdu == refused(function, VALUE)


@pytest.mark.parametrize(
    "pdu",
    [read(4, 6, 2), read(4, 500, 1), read(4, 65535, 2), read(3, 5, 3), read(1, 2, 2), read(2, 0, 1)],
    ids=["over the end", "gap", "past 65535", "mailbox and more", "padded coil", "no discrete input"],
)
def test_an_address_that_is_not_there_is_exception_2(pdu):
    assert told(pdu).pdu == refused(pdu[0], ADDRESS)


@pytest.mark.parametrize("value", [1, 0x1234, 0xFFFF, 0xFF01, 0x00FF])
def test_a_coil_knows_on_and_off_only(value):
    served = image()
    assert told(write_one(5, 0, value), Role.OPERATOR, on=served).pdu == refused(5, VALUE)
    assert not served.pressed().any()


@pytest.mark.parametrize(
    "pdu",
    [
        b"\x10\x00\x00\x00\x01\x02\x00", b"\x10\x00\x00\x00\x01\x03\x00\x01\x02", b"\x10\x00\x00\x00\x00\x00",
        b"\x10\x00\x00\x00\x02\x02\x00\x01", b"\x10\x00\x00\x00\x01\x02\x00\x01\x02", b"\x10\x00",
        b"\x0f\x00\x00\x00\x09\x01\x00", b"\x0f\x00\x00\x00\x03\x01", b"\x0f\x00\x00\x00\x00\x00",
        b"\x06\x00\x00\x00", b"\x06\x00\x00\x00\x01\x02", b"\x05\x00", b"\x04\x00\x00\x00", b"\x03",
        b"\x04\x00\x00\x00\x01\x00", b"\x17\x00\x00\x00\x01\x00\x00\x00\x01\x03\x00\x01",
        b"\x17\x00\x00\x00\x00\x00\x00\x00\x01\x02\x00\x01", b"\x17\x00\x00", b"\x2b\x0e\x05\x00",
        b"\x2b\x0e\x01",
    ],
    ids=lambda pdu: pdu.hex(),
)  # fmt: skip
def test_a_wrong_byte_count_or_length_is_exception_3_and_writes_nothing(pdu):
    served = image()
    before = served.mailbox.copy()
    assert told(pdu, on=served).pdu == refused(pdu[0], VALUE)
    assert served.mailbox.tolist() == before.tolist() and served.writes == 0


@pytest.mark.parametrize(
    "pdu",
    [
        struct.pack(">BHHB", 15, 0, 1969, 247) + bytes(247),
        struct.pack(">BHHB", 16, 0, 124, 248) + bytes(248),
        struct.pack(">BHHHHB", 23, 0, 126, 0, 1, 2) + bytes(2),
        struct.pack(">BHHHHB", 23, 0, 1, 0, 122, 244) + bytes(244),
    ],
    ids=["1969 coils", "124 registers", "126 to read", "122 to write"],
)  # fmt: skip
def test_one_more_than_a_request_may_write_is_exception_3_not_an_address(pdu):
    assert told(pdu).pdu == refused(pdu[0], VALUE)


@pytest.mark.parametrize("unit", [2, 17, 247, 254])
def test_an_unknown_unit_is_told_as_a_gateway_would(unit):
    assert told(read(4, 0, 1), unit=unit).pdu == refused(4, NO_UNIT)


@pytest.mark.parametrize("unit", [0, 1, 255])
def test_the_plc_answers_as_unit_1_and_to_who_names_none(unit):
    assert told(read(4, 4, 1), unit=unit).pdu == b"\x04\x02\x00\x07"


def test_what_was_published_is_read_as_it_was_published():
    assert told(read(4, 0, 7)).pdu == struct.pack(">BB7H", 4, 14, 1, 1, 0, 0, *SCAN)


def test_a_block_that_was_never_published_says_that_it_is_bad_and_old():
    assert told(read(4, 4000, 4)).pdu == struct.pack(">BB4H", 4, 8, 0, 0, 65535, 1)


def test_a_point_without_a_value_makes_its_block_bad():
    served = image()
    served.publish([8, 65535, 2000], 0.0)
    assert told(read(4, 3, 1), on=served).pdu == b"\x04\x02\x00\x01"


def test_age_counts_milliseconds_and_stops_at_its_end():
    served = image()
    assert answer(served, Role.NONE, 1, read(4, 2, 1), 1.25).pdu == struct.pack(">BBH", 4, 2, 1250)
    assert answer(served, Role.NONE, 1, read(4, 2, 1), 1e6).pdu == struct.pack(">BBH", 4, 2, 65535)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ENGINEERING, Role.NONE])
def test_only_the_ai_writes_its_mailbox(role):
    served = image()
    assert told(write_many(0, 1, 2, 3, 4), role, on=served).pdu == refused(16, FUNCTION)
    assert told(write_one(6, 0, 5), role, on=served).pdu == refused(6, FUNCTION)
    both = struct.pack(">BHHHHBH", 23, 0, 1, 0, 1, 2, 9)
    assert told(both, role, on=served).pdu == refused(23, FUNCTION)
    assert served.mailbox.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("role", [Role.AI, Role.ENGINEERING, Role.NONE])
def test_only_the_operator_orders(role):
    served = image()
    assert told(write_one(5, 0, 0xFF00), role, on=served).pdu == refused(5, FUNCTION)
    assert told(b"\x0f\x00\x00\x00\x03\x01\x07", role, on=served).pdu == refused(15, FUNCTION)
    assert not served.pressed().any()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "pdu", [write_one(6, 4, 1), write_many(4, 1), write_many(3, 1, 2), write_one(6, 4000, 1)]
)
def test_what_nobody_may_write_is_exception_2_for_everybody_and_whole(role, pdu):
    """Age and quality of the mailbox; a write that begins inside it and ends outside; the SIF's status."""
    served = image()
    assert told(pdu, role, on=served).pdu == refused(pdu[0], ADDRESS)
    assert served.mailbox.tolist() == [0, 0, 0, 0] and served.writes == 0


def test_the_mailbox_is_handed_over_when_its_sequence_is_written_and_not_before():
    """A client that writes one register after another hands over nothing half-written."""
    served = image()
    for address, value in enumerate([40000, 7, 1]):
        assert not told(write_one(6, address, value), on=served).handed_over
    assert served.taken.tolist() == [0, 0, 0, 0]
    assert told(write_one(6, 3, 1), on=served).handed_over
    assert served.taken.tolist() == [40000, 7, 1, 1] and served.writes == 1


def test_a_whole_mailbox_in_one_request_is_answered_and_read_back():
    served = image()
    found = told(write_many(0, 40000, 7, 1, 1), on=served)
    assert (found.pdu, found.handed_over) == (b"\x10\x00\x00\x00\x04", True)
    assert told(read(3, 0, 6), on=served).pdu == struct.pack(">BB6H", 3, 12, 40000, 7, 1, 1, 0, 0)


def test_reading_and_writing_at_once_is_done_whole_or_not_at_all():
    served = image()
    beyond = struct.pack(">BHHHHBH", 23, 5, 2, 0, 1, 2, 9)
    assert told(beyond, on=served).pdu == refused(23, ADDRESS)
    assert served.mailbox.tolist() == [0, 0, 0, 0]
    right = struct.pack(">BHHHHBH", 23, 0, 1, 0, 1, 2, 9)
    assert told(right, on=served).pdu == struct.pack(">BBH", 23, 2, 9)


def test_an_order_stands_until_the_plc_takes_it():
    served = image()
    assert told(write_one(5, 1, 0xFF00), Role.OPERATOR, on=served).pdu == b"\x05\x00\x01\xff\x00"
    assert told(read(1, 0, 3), on=served).pdu == b"\x01\x01\x02"
    assert served.pressed().tolist() == [False, True, False]
    assert told(read(1, 0, 3), on=served).pdu == b"\x01\x01\x00"


def test_the_device_tells_what_it_is():
    assert b"simulated PLC" in told(b"\x2b\x0e\x01\x00").pdu
    assert told(b"\x2b\x0e\x04\x01").pdu[-13:] == b"simulated PLC"
    assert told(b"\x2b\x0e\x04\x7f").pdu == refused(43, ADDRESS)
    assert told(b"\x2b\x0d\x00\x00").pdu == refused(43, FUNCTION)
