"""Clients that should not be there, and one that should: scripted, over real connections.

Each act is a number of requests; what came of them is counted. A write is refused when it is answered
with an exception; anything else was taken.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from simulator.modbus.client import Client, Excepted, LinkLost, Words
from simulator.modbus.register_map import Block, RegisterMap, Table

FOREIGN = "127.0.0.2"
"""An address of this machine that the AI's conduit does not know."""
_HERE = "127.0.0.1"
_LONGEST = 16
"""Registers that one forbidden write spans at most."""


@dataclass(frozen=True)
class Doors:
    """Where the PLC listens: port of the AI's conduit, and of the operator's."""

    ai: int
    operator: int


@dataclass
class Count:
    """Writes that were tried, and those that were taken."""

    attempts: int = 0
    accepted: int = 0


def writes(block: Block, value: int) -> Iterator[bytes]:
    """A write by every function that writes, to the first, the last and all registers of a block.

    Coils are written as coils: the words of the same addresses are other registers.
    """
    last = block.base + len(block.registers) - 1
    span = min(len(block.registers), _LONGEST)
    words = struct.pack(f">{span}H", *[value] * span)
    for address in dict.fromkeys((block.base, last)):
        yield struct.pack(">BHH", 5, address, 0xFF00)
        yield struct.pack(">BHHBB", 15, address, 1, 1, 1)
        if block.table is Table.COIL:
            continue
        yield struct.pack(">BHH", 6, address, value)
        yield struct.pack(">BHHBH", 16, address, 1, 2, value)
        yield struct.pack(">BHHH", 22, address, 0, value)
        yield struct.pack(">BHHHHBH", 23, block.base, 1, address, 1, 2, value)
    if block.table is not Table.COIL:
        yield struct.pack(">BHHB", 16, block.base, span, 2 * span) + words


def send(port: int, source: str, requests: Iterator[bytes]) -> Count:
    """Send requests over one connection of their own."""
    count = Count()
    try:
        with Client(_HERE, port, 5.0, source) as client:
            for pdu in requests:
                count.attempts += 1
                count.accepted += _taken(client, pdu)
    except LinkLost:
        pass  # a closed door refuses too; what was tried is counted
    return count


def _taken(client: Client, pdu: bytes) -> int:
    try:
        client.ask(pdu)
    except Excepted:
        return 0
    return 1


Act = Callable[[RegisterMap, Doors, int], list[Count]]
"""(registers, doors, how often it has acted) gives what came of it, connection by connection."""


def _all(registers: RegisterMap, names: tuple[str, ...], value: int) -> Iterator[bytes]:
    return chain.from_iterable(writes(registers[name], value) for name in names)


def rogue(registers: RegisterMap, doors: Doors, turn: int) -> list[Count]:
    """MBX-001: a stranger writes setpoints, outputs and orders, from low to high."""
    value = (turn * 13_107) & 0xFFFF
    return [send(doors.ai, FOREIGN, _all(registers, ("mailbox", "operator", "loops", "host"), value))]


def force_mode(registers: RegisterMap, doors: Doors, turn: int) -> list[Count]:
    """MBX-010: re-arm and mode, forced by a stranger and by the AI host itself."""
    forced = 2 + (turn & 1)  # RCAS and ROUT in turn
    return [send(doors.ai, who, _all(registers, ("operator", "loops"), forced)) for who in (FOREIGN, _HERE)]


def attack_sis(registers: RegisterMap, doors: Doors, turn: int) -> list[Count]:
    """MBX-014, SAF-011: every writing function on the safety block, from stranger, AI host and panel."""
    ways = ((doors.ai, FOREIGN), (doors.ai, _HERE), (doors.operator, _HERE))
    return [send(port, who, writes(registers["safety"], turn & 1)) for port, who in ways]


ACTS: Mapping[str, Act] = {"rogue": rogue, "force_mode": force_mode, "attack_sis": attack_sis}
"""By the name of the kind."""


def press(registers: RegisterMap, doors: Doors, action: str) -> None:
    """An operator presses a key of a panel.

    Raises
    ------
    Excepted, LinkLost
        When the PLC does not take it.
    """
    with Client(_HERE, doors.operator, 5.0, _HERE) as client:
        client.ask(struct.pack(">BHH", 5, registers["operator"].addresses[action], 0xFF00))


def usurp(registers: RegisterMap, doors: Doors, words: Words) -> Count:
    """MBX-005, MBX-017: a write that the AI may make, by somebody who has its identity."""
    values = words.astype(">u2").tobytes()
    request = struct.pack(">BHHB", 16, registers["mailbox"].base, len(words), len(values)) + values
    return send(doors.ai, _HERE, iter([request]))
