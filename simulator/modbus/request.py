"""A request's shape, checked byte by byte before pymodbus decodes it.

pymodbus loses the function code of what it cannot decode and takes wrong byte counts and coil
values; what passes here is decoded by it, and nothing else reaches it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pymodbus.constants import ExcCodes
from pymodbus.pdu import DecodePDU, ModbusPDU

READS: Mapping[int, int] = {1: 2000, 2: 2000, 3: 125, 4: 125}
"""Functions that read, and how much at once (MODBUS Application Protocol V1.1b3, section 6)."""
WRITES = (5, 6, 15, 16, 23)
IDENTIFY = 43
_DECODER = DecodePDU(is_server=True)


class Refused(Exception):
    """The answer is an exception."""

    def __init__(self, code: ExcCodes) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True)
class Write:
    """Where a request writes: function, first address, how many."""

    function: int
    address: int
    count: int


def decode(pdu: bytes) -> ModbusPDU:
    """A request of the right shape.

    Raises
    ------
    Refused
        ILLEGAL_FUNCTION for one that is not served, ILLEGAL_VALUE for a wrong length, quantity, byte
        count or coil value.
    """
    check = _CHECKS.get(pdu[0])
    if check is None:
        raise Refused(ExcCodes.ILLEGAL_FUNCTION)
    check(pdu)
    request = _DECODER.decode(pdu)
    if request is None:
        raise Refused(ExcCodes.ILLEGAL_VALUE)
    return request


def write_of(pdu: bytes) -> Write:
    """Where a request would write, as far as its bytes tell: for the record of refusals."""
    start = 5 if pdu[0] == 23 else 1
    numbers = [int.from_bytes(pdu[k : k + 2], "big") for k in (start, start + 2)]
    return Write(pdu[0], numbers[0], 1 if pdu[0] in (5, 6) else numbers[1])


def _wanted(holds: bool) -> None:
    if not holds:
        raise Refused(ExcCodes.ILLEGAL_VALUE)


def _read(pdu: bytes) -> None:
    _wanted(len(pdu) == 5)
    _wanted(1 <= int.from_bytes(pdu[3:5], "big") <= READS[pdu[0]])


def _one_coil(pdu: bytes) -> None:
    _wanted(len(pdu) == 5 and pdu[3:5] in (b"\x00\x00", b"\xff\x00"))


def _one_register(pdu: bytes) -> None:
    _wanted(len(pdu) == 5)


def _coils(pdu: bytes) -> None:
    _wanted(len(pdu) >= 6)
    count = int.from_bytes(pdu[3:5], "big")
    _wanted(1 <= count <= 1968 and pdu[5] == (count + 7) // 8 == len(pdu) - 6)


def _registers(pdu: bytes) -> None:
    _wanted(len(pdu) >= 6)
    count = int.from_bytes(pdu[3:5], "big")
    _wanted(1 <= count <= 123 and pdu[5] == 2 * count == len(pdu) - 6)


def _read_and_write(pdu: bytes) -> None:
    _wanted(len(pdu) >= 10)
    _, reads, _, writes, size = struct.unpack(">HHHHB", pdu[1:10])
    _wanted(1 <= reads <= 125 and 1 <= writes <= 121 and size == 2 * writes == len(pdu) - 10)


def _identify(pdu: bytes) -> None:
    if len(pdu) < 2 or pdu[1] != 14:
        raise Refused(ExcCodes.ILLEGAL_FUNCTION)
    _wanted(len(pdu) == 4 and 1 <= pdu[2] <= 4)


_CHECKS: Mapping[int, Callable[[bytes], None]] = {
    **dict.fromkeys(READS, _read),
    5: _one_coil,
    6: _one_register,
    15: _coils,
    16: _registers,
    23: _read_and_write,
    IDENTIFY: _identify,
}
