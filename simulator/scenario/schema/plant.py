"""plant.yaml: instruments, control, safeguards, safety functions and limits of one plant."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulator.scenario.hints import shown
from simulator.scenario.schema.blocks import FOPDT, Blocks
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
from simulator.scenario.schema.monitors import Monitor, Novelty, Recovery
from simulator.scenario.schema.phases import Permissive, Phase, PhaseName
from simulator.scenario.schema.protection import SafetyLimit, Sif
from simulator.scenario.schema.safeguards import (
    ConfigCheck,
    FinalClamp,
    InputGuard,
    OutputGuard,
    Readback,
    Watchdog,
)

Role = Literal["ai", "operator", "historian", "engineering"]
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


_COMPLETE: dict[str, dict[str, tuple[str, ...]]] = {
    "control valve": {"dead_band": (), "fails": ("open", "closed"), "readback": ()},
    "pump drive": {"dead_band": (), "fails": ("stopped",), "readback": ()},
    "shut-off valve": {"safe": ("open", "closed")},
    "contactor": {"safe": ("open",)},
}
"""What each kind of final element needs, and the values that make sense; none: any."""


class FinalElement(Strict):
    """What acts on the plant: control valve or pump drive with a readback, shut-off valve or contactor."""

    kind: Literal["control valve", "pump drive", "shut-off valve", "contactor"]
    drives: Name
    stroke: Period
    dead_band: Amount | None = None
    fails: Literal["open", "closed", "stopped"] | None = None
    readback: Name | None = None
    combine: Literal["series", "parallel"] | None = None
    safe: Literal["open", "closed"] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for key, known in _COMPLETE[self.kind].items():
            value = getattr(self, key)
            if value is None:
                refuse("nothing", f"the key '{key}' of a {self.kind}")
            if known and value not in known:
                refuse(shown(value), f"{' or '.join(known)}, as it is a {self.kind}", at=(key,))
        return self

    @property
    def modulates(self) -> bool:
        """Whether a loop moves it; else it is on or off, a final element of safety functions."""
        return "readback" in _COMPLETE[self.kind]

    @property
    def passes_when_safe(self) -> bool:
        """Whether its safe position lets through: an open valve does, an open contactor does not."""
        return self.kind == "shut-off valve" and self.safe == "open"


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
    """What the policy writes to one loop, scaled as centre + scale * y."""

    centre: Amount
    scale: Amount


class Ai(Strict):
    """One way in which a policy acts on its loops: one output each, in the order of its answers."""

    mode: Literal["RCAS", "ROUT"]
    model: Text
    inputs: Annotated[tuple[AiInput, ...], Items, Field(min_length=1)]
    history: Positive = 1
    order: Literal["newest first", "oldest first"] = "newest first"
    grouped_by: Literal["cycle", "tag"] = "cycle"
    cycle: Period | None = None
    outputs: Annotated[dict[Name, AiOutput], Field(min_length=1)]

    @property
    def loops(self) -> tuple[str, ...]:
        """Loops that it has, and loses, together."""
        return tuple(self.outputs)


class CostTerm(Strict):
    """One squared term of the cost index: ((signal - from) / per) ** 2."""

    of: Name
    from_: Value = Field(alias="from")
    per: Value


class Plant(Strict):
    """The whole file."""

    schema_: Version = Field(alias="schema")
    plant: Name
    title: Text
    physics: Text
    blocks: Blocks | None = None
    parameters: dict[Name, Value] = Field(default_factory=dict)
    scan: Scan
    nominal: Nominal
    line_up: dict[Name, Value] = Field(default_factory=dict)
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
    config_check: ConfigCheck | None = None
    sifs: Annotated[dict[Name, Sif], Field(min_length=1)]
    safety_limits: Annotated[dict[Name, SafetyLimit], Field(min_length=1)]
    commissioning: Text | None = None
    monitor: Monitor | None = None
    novelty: Novelty | None = None
    operating_envelope: dict[Name, Pair] = Field(default_factory=dict)
    recovery: Recovery | None = None
    phases: dict[PhaseName, Phase] = Field(default_factory=dict)
    permissives: dict[Name, Permissive] = Field(default_factory=dict)
    cost_index: Annotated[tuple[CostTerm, ...], Items] = ()

    @model_validator(mode="after")
    def _one_physics(self) -> Self:
        if self.physics == FOPDT and self.blocks is None:
            refuse("nothing", f"the key 'blocks', as the physics is {FOPDT}", at=("physics",))
        if self.physics != FOPDT and self.blocks is not None:
            refuse(shown(self.physics), f"{FOPDT}, as there are blocks", at=("physics",))
        return self

    def phase(self, name: str) -> Phase | None:
        """The phase of this name; None when the plant has none such."""
        return next((phase for known, phase in self.phases.items() if known == name), None)
