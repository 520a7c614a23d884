"""plant.yaml, physics as first-order blocks with dead time."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.scenario.schema.fields import Duration, Name, Pair, Strict, Value

FOPDT = "fopdt"
"""Value of the key ``physics`` of a plant whose physics is its ``blocks``."""


class Block(Strict):
    """First order and dead time, from one input."""

    gain: Value
    time_constant: Duration
    dead_time: Duration = 0


class BlockInput(Strict):
    """What acts on the plant: a valve, or a disturbance; its unit is that of `nominal`."""

    nominal: Value
    bounds: Pair | None = None


class BlockOutput(Strict):
    """What the plant shows: nominal value, bounds, and its blocks by input."""

    nominal: Value
    bounds: Pair | None = None
    from_: Annotated[dict[Name, Block], Field(alias="from", min_length=1)]


class Blocks(Strict):
    """The whole section."""

    inputs: Annotated[dict[Name, BlockInput], Field(min_length=1)]
    outputs: Annotated[dict[Name, BlockOutput], Field(min_length=1)]
