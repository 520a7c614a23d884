"""The answer to one request: read, write where the role may, or an exception with its function code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, NamedTuple

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import (
    ReadCoilsResponse,
    ReadDiscreteInputsResponse,
    WriteMultipleCoilsResponse,
    WriteSingleCoilResponse,
)
from pymodbus.pdu.mei_message import ReadDeviceInformationResponse
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersResponse,
    ReadInputRegistersResponse,
    ReadWriteMultipleRegistersResponse,
    WriteMultipleRegistersResponse,
    WriteSingleRegisterResponse,
)

from simulator.modbus.access import Role
from simulator.modbus.image import Image
from simulator.modbus.register_map import Table
from simulator.modbus.request import IDENTIFY, READS, WRITES, Refused, decode

UNITS = frozenset({0, 1, 255})
"""Units that are this PLC: 0 and 255 address a device that is reached by TCP itself."""


@dataclass(frozen=True)
class Answer:
    """What to send, and what became of the request.

    Attributes
    ----------
    pdu : bytes
        Function code and data.
    handed_over : bool
        Whether the AI handed its mailbox over.
    code : int
        Exception code; 0 for none.
    """

    pdu: bytes
    handed_over: bool = False
    code: int = 0


def answer(image: Image, role: Role, unit: int, pdu: bytes, now: float) -> Answer:
    """Serve one request at time `now` [s]; every request has an answer."""
    try:
        if unit not in UNITS:
            raise Refused(ExcCodes.GATEWAY_NO_RESPONSE)
        request = decode(pdu)
        response, handed_over = _HANDLERS[pdu[0]](_Asked(image, role, request, now))
    except Refused as refused:
        return Answer(_bytes(ExceptionResponse(pdu[0] & 0x7F, refused.code)), code=int(refused.code))
    return Answer(_bytes(response), handed_over)


def _bytes(response: ModbusPDU) -> bytes:
    return bytes([response.function_code]) + response.encode()


class _Asked(NamedTuple):
    """Where, by whom, what and when."""

    image: Image
    role: Role
    request: Any
    now: float


_Handler = Callable[[_Asked], tuple[ModbusPDU, bool]]
_TABLES = {1: Table.COIL, 2: Table.DISCRETE, 3: Table.HOLDING, 4: Table.INPUT}
_RESPONSES: Mapping[int, Any] = {
    1: ReadCoilsResponse,
    2: ReadDiscreteInputsResponse,
    3: ReadHoldingRegistersResponse,
    4: ReadInputRegistersResponse,
    5: WriteSingleCoilResponse,
    6: WriteSingleRegisterResponse,
    15: WriteMultipleCoilsResponse,
    16: WriteMultipleRegistersResponse,
}


def _read(asked: _Asked) -> tuple[ModbusPDU, bool]:
    request, code = asked.request, asked.request.function_code
    words = asked.image.read(_TABLES[code], request.address, request.count, asked.now).tolist()
    if code <= 2:
        return _RESPONSES[code](bits=[word != 0 for word in words]), False
    return _RESPONSES[code](registers=words), False


def _write(asked: _Asked) -> tuple[ModbusPDU, bool]:
    request, code = asked.request, asked.request.function_code
    kind = "bits" if code in (5, 15) else "registers"
    table, values = (Table.COIL if kind == "bits" else Table.HOLDING), getattr(request, kind)
    handed_over = asked.image.write(table, asked.role, request.address, values, asked.now)
    told = {"count": len(values)} if code > 6 else {kind: values}
    return _RESPONSES[code](address=request.address, **told), handed_over


def _both(asked: _Asked) -> tuple[ModbusPDU, bool]:
    image, role, request, now = asked
    # both halves are checked before either is done: a request is served whole or not at all
    image.allow(Table.HOLDING, role, request.write_address, request.write_count)
    image.read(Table.HOLDING, request.read_address, request.read_count, now)
    handed_over = image.write(Table.HOLDING, role, request.write_address, request.write_registers, now)
    words = image.read(Table.HOLDING, request.read_address, request.read_count, now)
    return ReadWriteMultipleRegistersResponse(registers=words.tolist()), handed_over


def _identify(asked: _Asked) -> tuple[ModbusPDU, bool]:
    code, first = asked.request.read_code, asked.request.object_id
    told = {0: b"plantproof", 1: b"simulated PLC", 2: version("plantproof").encode()}
    if code == 4 and first not in told:
        raise Refused(ExcCodes.ILLEGAL_ADDRESS)
    first = first if first in told else 0
    chosen = {k: text for k, text in told.items() if (k == first if code == 4 else k >= first)}
    response = ReadDeviceInformationResponse(code, chosen)
    response.conformity = 0x81  # basic identification, by stream and one by one
    return response, False


_HANDLERS: Mapping[int, _Handler] = {
    **dict.fromkeys(READS, _read),
    **dict.fromkeys(WRITES, _write),
    23: _both,
    IDENTIFY: _identify,
}
