"""plant.yaml: instruments, control, safeguards, safety functions and limits of one plant."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.fields import (
    Amount,
    Duration,
    Items,
    Name,
    Names,
    Pair,
    Period,
    Positive,
    SomeNames,
    Strict,
    Text,
    Value,
    Version,
    refuse,
)

AlarmName = Literal["LL", "L", "H", "HH"]


class Scan(Strict):
    """Periods [ms]."""

    base: Period
    plc: Period
    ai: Period
    sif: Period


class Wander(Strict):
    """First-order random wander: standard deviation and correlation time."""

    wander: Amount
    over: Period


class Nominal(Strict):
    """The nominal day."""

    setpoint: dict[Name, Amount]
    disturbances: dict[Name, Wander] = Field(default_factory=dict)


class Measurement(Strict):
    """One transmitter; `wired_to` names the safety functions it belongs to."""

    quantity: Name
    span: Pair
    noise: Value
    lag: Duration = 0
    dead_time: Duration = 0
    alarms: dict[AlarmName, Value] = Field(default_factory=dict)
    wired_to: Names = ()


class Copy(Strict):
    """A one-way copy from the safety system."""

    median_of: SomeNames


class FinalElement(Strict):
    """A valve: a control valve with a readback, or a shut-off valve with a safe position."""

    kind: Literal["control valve", "shut-off valve"]
    drives: Name
    stroke: Period
    dead_band: Amount | None = None
    fails: Literal["open", "closed"] | None = None
    readback: Name | None = None
    combine: Literal["series", "parallel"] | None = None
    safe: Literal["open", "closed"] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = ("dead_band", "fails", "readback") if self.kind == "control valve" else ("safe",)
        for key in needed:
            if getattr(self, key) is None:
                refuse("nothing", f"the key '{key}' of a {self.kind}")
        return self


class SetpointRule(Strict):
    """What the loop admits as setpoint."""

    clamp: Pair
    rate: Amount


class LastGood(Strict):
    """While the PV is within this of the setpoint, OP is remembered as good."""

    within: Amount
    over: Period


class Loop(Strict):
    """One PID loop; reset, rate and filter are times."""

    pv: Name
    spare_pv: Name | None = None
    op: Name
    action: Literal["direct", "reverse"]
    safe_direction: Literal["up", "down"]
    gain: Amount
    reset: Period
    rate: Duration = 0
    filter: Duration = 0
    rate_filter: Duration = 0
    output: Pair
    setpoint: SetpointRule
    last_good: LastGood


class AiInput(Strict):
    """One input of the policy, scaled as (value - centre) / scale."""

    tag: Name
    centre: Amount
    scale: Amount


class AiOutput(Strict):
    """The policy's output, scaled as centre + scale * y."""

    centre: Amount
    scale: Amount


class Shed(Strict):
    """Where a shed goes, and who gives the loop back."""

    to: Literal["AUTO", "MAN"]
    return_: Literal["operator"] = Field(alias="return")


class Ai(Strict):
    """One way in which a policy acts on a loop."""

    loop: Name
    mode: Literal["RCAS", "ROUT"]
    model: Text
    inputs: Annotated[tuple[AiInput, ...], Items, Field(min_length=1)]
    history: Positive = 1
    output: AiOutput
    shed: Shed


class Agree(Strict):
    """A second measurement that must agree."""

    with_: Name = Field(alias="with")
    within: Amount
    for_: Duration = Field(alias="for")


class InputGuard(Strict):
    """Validation of one measurement before AI and PID use it."""

    range: Pair
    rate: Amount
    frozen: Period
    agree: Agree | None = None


class Envelope(Strict):
    """PV limits outside which the AI loses the loop."""

    above: Amount
    below: Amount


class Deviation(Strict):
    """How far, and how long, the PV may be from the setpoint."""

    within: Amount
    for_: Duration = Field(alias="for")


class OutputGuard(Strict):
    """Checks of what the AI writes, in one mode."""

    range: Pair
    step: Amount
    strikes: Positive
    window: Period
    envelope: Envelope
    deviation: Deviation


class FinalClamp(Strict):
    """Rate limit of an AI output in the unsafe direction."""

    unsafe_rate: Amount


class Watchdog(Strict):
    """Limits of silence [ms]."""

    heartbeat: Period
    sequence: Period
    age: Period


class Readback(Strict):
    """How far a valve may be from its command, for how long."""

    within: Amount
    for_: Duration = Field(alias="for")


class Operator(Strict):
    """Who sits at the desk."""

    station: Name


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


class Sif(Strict):
    """One safety instrumented function."""

    service: Text
    trips: Annotated[tuple[Trip, ...], Items, Field(min_length=1)]
    elements: SomeNames
    logic: Duration
    solenoid: Duration
    reset: Literal["manual"]
    response: Period


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
    """A limit of the physics, the hazard beyond it and the function that protects it."""

    quantity: Name
    below: Amount | None = None
    above: Amount | None = None
    hazard: Text
    sif: Name
    trip_point: Amount
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


class CostTerm(Strict):
    """One squared term of the cost index: ((signal - from) / per) ** 2."""

    of: Name
    from_: Value = Field(alias="from")
    per: Value


class Block(Strict):
    """One block of registers."""

    table: Literal["input", "holding"]
    start: Annotated[int, Field(ge=0, le=65535)]
    readers: Names = ()
    writers: Names = ()
    points: SomeNames


class Registers(Strict):
    """The register map of the PLC."""

    unit: Annotated[int, Field(ge=0, le=247)]
    blocks: Annotated[dict[Name, Block], Field(min_length=1)]


class Plant(Strict):
    """The whole file."""

    schema_: Version = Field(alias="schema")
    plant: Name
    title: Text
    physics: Text
    parameters: dict[Name, Value] = Field(default_factory=dict)
    scan: Scan
    nominal: Nominal
    measurements: Annotated[dict[Name, Measurement], Field(min_length=1)]
    copies: dict[Name, Copy] = Field(default_factory=dict)
    final_elements: Annotated[dict[Name, FinalElement], Field(min_length=1)]
    loops: Annotated[dict[Name, Loop], Field(min_length=1)]
    ai: Annotated[dict[Name, Ai], Field(min_length=1)]
    input_guard: dict[Name, InputGuard] = Field(default_factory=dict)
    output_guard: dict[Literal["RCAS", "ROUT"], OutputGuard]
    final_clamp: FinalClamp
    watchdog: Watchdog
    readback: dict[Name, Readback] = Field(default_factory=dict)
    operator: Operator
    sifs: Annotated[dict[Name, Sif], Field(min_length=1)]
    safety_limits: Annotated[dict[Name, SafetyLimit], Field(min_length=1)]
    cost_index: Annotated[tuple[CostTerm, ...], Items] = ()
    registers: Registers
