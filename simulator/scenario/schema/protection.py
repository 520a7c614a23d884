"""plant.yaml, its safety functions and the limits they protect."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.fields import (
    Amount,
    Duration,
    Items,
    Name,
    Period,
    Positive,
    SomeNames,
    Strict,
    Text,
    Value,
    refuse,
)


class Trip(Strict):
    """One vote of sensors."""

    sensors: SomeNames
    vote: Annotated[str, Field(pattern=r"^[1-9]oo[1-9]$")]
    above: Amount | None = None
    below: Amount | None = None
    confirm: Positive = 1
    lasting: Duration = 0
    unless_safe: Name | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            refuse("both or none", "exactly one of 'above' and 'below'")
        return self


class Deviation(Strict):
    """How far, and how long, redundant sensors may be apart before it is alarmed."""

    within: Amount
    for_: Duration = Field(alias="for")


class Sif(Strict):
    """A safety instrumented function, or an interlock that protects equipment and claims no SIL.

    `start_up_override` is how long its key switch holds.
    """

    kind: Literal["safety function", "equipment protection"] = "safety function"
    service: Text
    trips: Annotated[tuple[Trip, ...], Items, Field(min_length=1)]
    elements: SomeNames
    logic: Duration
    solenoid: Duration
    reset: Literal["manual"]
    response: Period
    start_up_override: Duration = 0
    deviation: Deviation | None = None


class InitiatingEvent(Strict):
    """What happens at once to one input of the physics, with every layer passive."""

    text: Text
    input: Name
    to: Value | None = None
    by: Value | None = None
    over: Duration = 0

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.to is None) == (self.by is None):
            refuse("both or none", "exactly one of 'to' and 'by'")
        return self


class SafetyLimit(Strict):
    """A limit of the physics, the hazard beyond it and the function that protects it.

    Beyond `no_return` the basic control system alone does not bring the quantity back.
    """

    quantity: Name
    below: Amount | None = None
    above: Amount | None = None
    hazard: Text
    sif: Name
    trip_point: Amount
    no_return: Amount | None = None
    initiating_events: Annotated[dict[Name, InitiatingEvent], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            refuse("both or none", "exactly one of 'above' and 'below'")
        return self

    @property
    def limit(self) -> Amount:
        """The limit, whichever side it is on."""
        return self.below or self.above  # type: ignore[return-value]
