"""The words behind the map: what was published, what the AI wrote, what the operator ordered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pymodbus.constants import ExcCodes

from simulator.core.states import BAD, GOOD
from simulator.modbus.access import Role
from simulator.modbus.codec import NO_VALUE
from simulator.modbus.register_map import COUNTERS, HEADER, SPACING, Block, RegisterMap, Table
from simulator.modbus.request import Refused

Words = NDArray[np.uint16]
_SIZE = 65536
_BIT = {role: 1 << k for k, role in enumerate(Role)}


class Image:
    """Registers of one PLC.

    Parameters
    ----------
    registers : RegisterMap
        What there is.

    Attributes
    ----------
    scans, writes, orders : int
        How many scans were published, AI writes taken, operator's writes taken.
    """

    def __init__(self, registers: RegisterMap) -> None:
        self.registers = registers
        self.scans = self.writes = self.orders = 0
        self._words = {table: np.zeros(_SIZE, np.uint16) for table in Table}
        self._known = {table: np.zeros(_SIZE, np.bool_) for table in Table}
        self._writers = {table: np.zeros(_SIZE, np.uint8) for table in Table}
        self._blocks = {block.name: block for block in registers.blocks}
        self._at = {(block.table, block.base // SPACING): block for block in registers.blocks}
        self._since: dict[str, float] = {}
        for block, address, register in registers.rows():
            self._known[block.table][address] = True
            if register.writable:
                self._writers[block.table][address] = sum(_BIT[role] for role in block.writers)
        for block in registers.blocks:
            self._mark(block, BAD)
        self._taken = self.mailbox.copy()

    def _part(self, block: Block) -> Words:
        return self._words[block.table][block.base : block.base + len(block.registers)]

    def _mark(self, block: Block, quality: int) -> None:
        if "quality" in block.addresses:
            self._words[block.table][block.addresses["quality"]] = quality

    @property
    def mailbox(self) -> Words:
        """The words that the AI may write: a value per loop, cycle, heartbeat, sequence; a view."""
        block = self._blocks["mailbox"]
        return self._part(block)[: len(block.registers) - 2]

    @property
    def taken(self) -> Words:
        """The mailbox as it was when its sequence was last written, which is what the PLC reads.

        A client that writes one register after another so hands over nothing half-written.
        """
        return self._taken

    def show(self, name: str, words: Words | Sequence[int], now: float) -> None:
        """Publish a block: its registers after the header, at time `now` [s]."""
        block = self._blocks[name]
        part, words = self._part(block), np.asarray(words, np.uint16)
        if words.shape != (len(block.body),):
            raise ValueError(f"block '{name}': got shape {words.shape}, wanted ({len(block.body)},)")
        part[len(HEADER) :] = words
        quantities = [one.is_quantity for one in block.body]
        self._renew(
            block, int(part[1]) + 1 & 0xFFFF, now, BAD if (words[quantities] == NO_VALUE).any() else GOOD
        )

    def _renew(self, block: Block, sequence: int, now: float, quality: int) -> None:
        self._part(block)[:4] = self.scans & 0xFFFF, sequence, 0, quality
        self._since[block.name] = now

    def publish(self, words: Words | Sequence[int], now: float) -> None:
        """Publish the host block: a new scan."""
        self.scans += 1
        self.show("host", words, now)

    def read(self, table: Table, address: int, count: int, now: float) -> Words:
        """Words or coils from an address on.

        Raises
        ------
        Refused
            ILLEGAL_ADDRESS when one of them does not exist.
        """
        end = address + count
        if end > _SIZE or not self._known[table][address:end].all():
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        block = self._at[table, address // SPACING]
        since = self._since.get(block.name)
        if "age" in block.addresses:
            age = 0xFFFF if since is None else min(int((now - since) * 1000), 0xFFFF)
            self._words[table][block.addresses["age"]] = age
        return self._words[table][address:end]

    def allow(self, table: Table, role: Role, address: int, count: int) -> None:
        """Check a write.

        Raises
        ------
        Refused
            ILLEGAL_ADDRESS where nobody may write, ILLEGAL_FUNCTION where another role may.
        """
        end = address + count
        writers = self._writers[table][address:end]
        if end > _SIZE or not writers.all():
            raise Refused(ExcCodes.ILLEGAL_ADDRESS)
        if not (writers & _BIT[role]).all():
            raise Refused(ExcCodes.ILLEGAL_FUNCTION)

    def write(self, table: Table, role: Role, address: int, values: Sequence[int], now: float) -> bool:
        """Write all or nothing; tells whether the AI handed its mailbox over.

        Raises
        ------
        Refused
            As `allow`.
        """
        self.allow(table, role, address, len(values))
        end = address + len(values)
        self._words[table][address:end] = values
        if table is Table.COIL:
            self.orders += 1
            self._renew(self._blocks["orders"], self.orders & 0xFFFF, now, GOOD)
            return False
        return self._hand_over(end, now)

    def _hand_over(self, end: int, now: float) -> bool:
        block = self._blocks["mailbox"]
        if end <= block.addresses[COUNTERS[-1]]:
            return False
        self._taken = self.mailbox.copy()
        self.writes += 1
        self._since[block.name] = now
        self._mark(block, GOOD)
        return True

    def pressed(self) -> NDArray[np.bool_]:
        """What the operator ordered since the last call; the coils fall back."""
        coils = self._part(self._blocks["operator"])
        ordered: NDArray[np.bool_] = coils != 0
        coils[:] = 0
        return ordered
