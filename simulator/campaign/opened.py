"""Deliberately open doors: servers that a question about the network must notice, or the suite is void."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulator.campaign.routes import Serve
from simulator.modbus.access import Conduit, Role
from simulator.modbus.register_map import Block, RegisterMap, Table
from simulator.modbus.server import Server

_ANYBODY = Conduit(Role.AI, ("0.0.0.0/0",))


def _allowlist_off(registers: RegisterMap) -> Server:
    """Whoever connects is the AI host."""
    return Server(registers, _ANYBODY, hold_back=True)


def _roles_off(registers: RegisterMap) -> Server:
    """Whatever anybody may write, everybody may."""
    return Server(_changed(registers, ("mailbox", "operator"), None), hold_back=True)


def _safety_writable(registers: RegisterMap) -> Server:
    """The safety block stands among the registers that can be written."""
    return Server(_changed(registers, ("safety",), Table.HOLDING), hold_back=True)


def _changed(registers: RegisterMap, names: tuple[str, ...], table: Table | None) -> RegisterMap:
    return RegisterMap(
        tuple(_open(block, table) if block.name in names else block for block in registers.blocks)
    )


def _open(block: Block, table: Table | None) -> Block:
    return replace(
        block, table=table or block.table, writers=frozenset(Role),
        registers=tuple(replace(one, writable=True) for one in block.registers),
    )  # fmt: skip


OPEN: Mapping[str, Serve] = {
    "allowlist_off": _allowlist_off,
    "roles_off": _roles_off,
    "safety_writable": _safety_writable,
}
"""By the name that a suite gives, beside the mutants of the tuple of layers."""
