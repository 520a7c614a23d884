"""plant.yaml, its phases (ISA-106): what the procedure does, and what is in force meanwhile."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.fields import (
    Amount,
    Duration,
    Name,
    Names,
    Pair,
    Strict,
    Value,
    refuse,
)

PhaseName = Literal["RUN", "START", "LOAD", "SHUTDOWN", "TRIPPED"]


class SetpointProgram(Strict):
    """Where a phase leads a loop, how fast, and how wide its setpoint may be there."""

    to: Amount
    rate: Amount
    clamp: Pair


class InputProgram(Strict):
    """Where a phase leads one input of the physics, and how fast."""

    to: Value
    rate: Amount


class Done(Strict):
    """When a phase is over: every led PV this near its target, for this long."""

    within: Amount
    for_: Duration = Field(alias="for")


class Phase(Strict):
    """One phase; `begins` is the plant's state when a scenario starts in it."""

    ai: Literal["allowed", "inhibited"]
    setpoint: dict[Name, SetpointProgram] = Field(default_factory=dict)
    inputs: dict[Name, InputProgram] = Field(default_factory=dict)
    bypass: Names = ()
    done: Done | None = None
    begins: dict[Name, Value] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.done and not self.setpoint:
            refuse("no setpoint", "a setpoint that 'done' can wait for", at=("done",))
        return self


class Permissive(Strict):
    """A measurement without which neither AI nor start-up is allowed."""

    tag: Name
    above: Amount | None = None
    below: Amount | None = None

    @model_validator(mode="after")
    def _some_side(self) -> Self:
        if self.above is None and self.below is None:
            refuse("neither", "'above', 'below' or both")
        return self
