"""The map: stable addresses, headers on every block, and nothing writable that should not be."""

from __future__ import annotations

import pytest
from plc import PV, REGISTERS

from simulator.modbus.access import Role
from simulator.modbus.register_map import HEADER, SPACING, Block, Loop, Point, Register, Table, registers_of


def test_no_two_registers_share_an_address():
    places = [(block.table, address) for block, address, _ in REGISTERS.rows()]
    assert len(set(places)) == len(places)


def test_an_address_depends_on_nothing_but_the_place_in_its_own_block():
    """A plant with more points, loops and alarms moves nothing that was there."""
    more = registers_of(
        [PV, Point("FT-101", "L/min", 0.0, 150.0), *(Point(f"X-{k}", "K", 0, 1) for k in range(200))],
        [Loop("TIC-101", PV, PV)], ["SIF-101", "SIF-102"], [f"A-{k}" for k in range(300)], ["override"],
    )  # fmt: skip
    for name in ("host", "quality", "loops", "safety", "door", "orders", "mailbox"):
        before, after = REGISTERS[name].addresses, more[name].addresses
        assert {key: after[key] for key in before} == before


def test_every_block_of_registers_carries_heartbeat_sequence_age_and_quality():
    for block in REGISTERS.blocks:
        if block.table is not Table.COIL:
            assert set(HEADER) <= set(block.addresses), block.name


def test_the_ai_may_write_its_mailbox_the_operator_his_coils_and_nobody_anything_else():
    writable = {
        (block.name, register.name, *sorted(block.writers))
        for block, _, register in REGISTERS.rows()
        if register.writable and block.writers
    }
    mailbox = {("mailbox", name, "ai") for name in ("TIC-101", "cycle", "heartbeat", "sequence")}
    assert writable == mailbox | {("operator", name, "operator") for name in ("override", "rearm", "reset")}
    assert all(Role.ENGINEERING not in block.writers for block in REGISTERS.blocks)


def test_a_quantity_is_scaled_as_the_links_scale_it():
    register = REGISTERS["host"].registers[5]
    assert (register.name, register.low) == ("TT-101", pytest.approx(294.0))
    assert register.low + 65534 * register.resolution == pytest.approx(426.0)


def test_a_block_that_reaches_into_the_next_is_refused():
    with pytest.raises(ValueError, match="at most 1000"):
        Block("long", Table.INPUT, 0, tuple(Register(str(k)) for k in range(SPACING + 1)))
