"""What the PLC shows and takes over Modbus: every register's address, scale, meaning and writers.

A block begins at a multiple of `SPACING` in its table, so an address depends on nothing but the
register's place in its own block. Unlike the words, the gaps between blocks cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from simulator.core.states import ALARM, MODE, MODE_REASON, QUALITY, SIF
from simulator.modbus.access import Role
from simulator.modbus.codec import Link, encode

SPACING = 1000
"""First addresses of blocks are multiples of this; a block is never longer."""
HEADER: tuple[str, ...] = ("heartbeat", "sequence", "age", "quality")
"""What every block carries: it is alive, it is new, how old it is [ms], whether it may be believed."""
COUNTERS: tuple[str, ...] = ("cycle", "heartbeat", "sequence")
"""What follows the values in the mailbox: the question that is answered, then the AI's counters."""
FLAG: Mapping[str, int] = {"OFF": 0, "ON": 1}


class Table(StrEnum):
    """The four tables of the Modbus data model."""

    COIL = "coil"
    DISCRETE = "discrete input"
    INPUT = "input register"
    HOLDING = "holding register"


@dataclass(frozen=True)
class Point:
    """A measured value: tag, unit and span [unit]."""

    name: str
    unit: str
    low: float
    high: float


@dataclass(frozen=True)
class Loop:
    """One control loop: its PV, and what the AI writes to it (a setpoint, or an output in percent)."""

    name: str
    pv: Point
    written: Point


@dataclass(frozen=True)
class Register:
    """One coil or word.

    Attributes
    ----------
    name, unit : str
        Its name inside its block; unit of what it carries, ``count`` or empty for states.
    low, resolution : float
        Value [unit] of word 0, and of one count; 0 and 1 for counts and states.
    states : mapping of str to int
        Meaning of its words; empty for quantities and counts.
    writable : bool
        Whether the writers of its block may write it.
    """

    name: str
    unit: str = ""
    low: float = 0.0
    resolution: float = 1.0
    states: Mapping[str, int] = field(default_factory=dict)
    writable: bool = False

    @property
    def is_quantity(self) -> bool:
        """Whether its words are scaled and the last of them says that there is no value."""
        return not self.states and self.unit not in ("count", "ms")


DOOR: tuple[Register, ...] = (
    Register("refused_writes", "count"),
    Register("refused_alarm", states=FLAG),
    Register("refused_connections", "count"),
    Register("connections", "count"),
    Register("bad_frames", "count"),
    Register("last_role", states={role: k for k, role in enumerate(Role)}),
    Register("last_function", "count"),
    Register("last_address", "count"),
)
"""What the server tells about its clients; the last three are those of the last refused write."""


@dataclass(frozen=True)
class Block:
    """Registers that belong together.

    Attributes
    ----------
    name : str
        Its name.
    table : Table
        Where it stands.
    base : int
        Address of its first register.
    registers : tuple of Register
        In the order of their addresses.
    writers : frozenset of Role
        Who may write those that are writable.
    """

    name: str
    table: Table
    base: int
    registers: tuple[Register, ...]
    writers: frozenset[Role] = frozenset()

    def __post_init__(self) -> None:
        if len(self.registers) > SPACING:
            raise ValueError(
                f"block '{self.name}' has {len(self.registers)} registers, at most {SPACING} fit"
            )

    @cached_property
    def addresses(self) -> Mapping[str, int]:
        """Address of each register by name."""
        return {one.name: self.base + k for k, one in enumerate(self.registers)}

    @cached_property
    def body(self) -> tuple[Register, ...]:
        """The registers without the header that leads a published block."""
        leads = tuple(one.name for one in self.registers[: len(HEADER)]) == HEADER
        return self.registers[len(HEADER) :] if leads else self.registers

    def words(self, values: Iterable[float]) -> list[int]:
        """Words of the registers after the header: quantities encoded, counts and states as they are."""
        return [
            encode(float(value), one.low, one.resolution) if one.is_quantity else int(value) & 0xFFFF
            for one, value in zip(self.body, values, strict=True)
        ]


@dataclass(frozen=True)
class RegisterMap:
    """All blocks of one plant.

    Parameters
    ----------
    blocks : tuple of Block
        As `registers_of` makes them.
    """

    blocks: tuple[Block, ...]

    def __getitem__(self, name: str) -> Block:
        return next(block for block in self.blocks if block.name == name)

    def rows(self) -> Iterator[tuple[Block, int, Register]]:
        """Every register with its block and address."""
        for block in self.blocks:
            for k, register in enumerate(block.registers):
                yield block, block.base + k, register


def registers_of(
    points: Sequence[Point],
    loops: Sequence[Loop],
    sifs: Sequence[str],
    alarms: Sequence[str],
    actions: Sequence[str],
) -> RegisterMap:
    """The map of a plant.

    Parameters
    ----------
    points : sequence of Point
        What the AI host is sent, in the order of the host link.
    loops : sequence of Loop
        In the order of the write link.
    sifs, alarms, actions : sequence of str
        Safety functions, alarms, and what an operator may order.
    """
    counts = [Register(name, "count", writable=True) for name in COUNTERS]
    mailbox = [*(_quantity(one.written, one.name, True) for one in loops), *counts, *_header()[2:]]
    orders = tuple(Register(name, states=FLAG, writable=True) for name in actions)
    return RegisterMap((
        _shown("host", 0, [Register("cycle", "count"), *(_quantity(one) for one in points)]),
        _shown("quality", 1, [Register(one.name, states=QUALITY) for one in points]),
        _shown("loops", 2, [register for loop in loops for register in _loop(loop)]),
        _shown("alarms", 3, [Register(name, states=ALARM) for name in alarms]),
        _shown("safety", 4, [register for name in sifs for register in _sif(name)]),
        _shown("door", 5, DOOR),
        _shown("orders", 6, []),
        Block("mailbox", Table.HOLDING, 0, tuple(mailbox), frozenset({Role.AI})),
        Block("operator", Table.COIL, 0, orders, frozenset({Role.OPERATOR})),
    ))  # fmt: skip


def _header() -> list[Register]:
    beat, sequence = (Register(name, "count") for name in HEADER[:2])
    return [beat, sequence, Register("age", "ms"), Register("quality", states=QUALITY)]


def _shown(name: str, place: int, registers: Sequence[Register]) -> Block:
    return Block(name, Table.INPUT, place * SPACING, (*_header(), *registers))


def _quantity(point: Point, name: str = "", writable: bool = False) -> Register:
    (low,), (resolution,) = Link(((point.low, point.high),)).scales()
    return Register(name or point.name, point.unit, float(low), float(resolution), writable=writable)


def _loop(loop: Loop) -> Iterator[Register]:
    yield Register(f"{loop.name}.mode", states=MODE)
    yield Register(f"{loop.name}.mode_reason", states=MODE_REASON)
    yield _quantity(loop.pv, f"{loop.name}.sp")
    yield _quantity(Point("op", "%", 0.0, 100.0), f"{loop.name}.op")


def _sif(name: str) -> Iterator[Register]:
    yield Register(f"{name}.status", states=SIF)
    yield Register(f"{name}.bypass", states=FLAG)
