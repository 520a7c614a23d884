"""The signals that a scenario records and that its requirements may name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from simulator.core.param import Param, of_target
from simulator.core.states import (
    ACTIONS,
    INPUT_REASON,
    MODE,
    MODE_GROUPS,
    MODE_REASON,
    NETWORK,
    OUTPUT_REASON,
    PHASE,
    QUALITY,
    SIF,
)
from simulator.core.traces import Signal, catalogue, flag
from simulator.scenario.plants import Physics
from simulator.scenario.schema.plant import Ai, Plant
from simulator.scenario.schema.scenario import Scenario, Threat
from simulator.scenario.tags import Tag, tags_of


class KindSpec(Protocol):
    """What the table of threats says of one kind."""

    @property
    def taps(self) -> tuple[str, ...]:
        """Where it may act."""

    @property
    def parameters(self) -> Mapping[str, Param]:
        """What a scenario gives it; unit ``"target"`` means that of the struck signal."""

    @property
    def needs_target(self) -> bool:
        """Whether the struck signal must be named."""

    @property
    def many(self) -> str:
        """Parameter of which a scenario gives a list; empty: none."""

    @property
    def knows(self) -> str:
        """What it is told of the AI; one that is told anything may strike all of its inputs."""

    def about(self, name: str) -> Param:
        """What is said of a parameter, or of one value of a list."""

    @property
    def tells(self) -> str:
        """Parameter that ``threat.<name>`` shows while active; empty: a flag."""


Kinds = Mapping[str, KindSpec]


def signals_of(plant: Plant, physics: Physics, scenario: Scenario, kinds: Kinds) -> dict[str, Signal]:
    """Every signal of one scenario by name.

    Parameters
    ----------
    plant : Plant
        The plant file.
    physics : Physics
        Units of the truth.
    scenario : Scenario
        Names its threats and the variant of the AI.
    kinds : mapping of str to KindSpec
        The table of threats.
    """
    tags = tags_of(plant, physics)
    ai = variant_of(plant, scenario)
    found = [*plant_signals(plant, physics, tags)]
    if ai:
        found += _ai_signals(plant, physics, tags, ai)
    found += [_threat(plant, physics, tags, threat, kinds, ai) for threat in scenario.threats]
    if scenario.wired:
        found += [Signal(f"network.{name}") for name in NETWORK]
        found += [Signal(f"hmi.mode.{loop}", states=MODE, groups=MODE_GROUPS) for loop in plant.loops]
    return catalogue(found)


def variant_of(plant: Plant, scenario: Scenario) -> Ai | None:
    """The AI of a scenario: the one it names, else the plant's first; None when unknown."""
    return plant.ai.get(scenario.variant or next(iter(plant.ai)))


def plant_signals(plant: Plant, physics: Physics, tags: Mapping[str, Tag]) -> Iterator[Signal]:
    """Signals that every scenario of a plant has."""
    # what begins with an underscore is memory of the model, such as a delay line
    seen = ((name, unit) for name, unit in physics.quantities.items() if not name.startswith("_"))
    yield from (Signal(f"true.{name}", unit) for name, unit in seen)
    for name, tag in tags.items():
        yield Signal(name, tag.unit)
        if not tag.wired_to:
            yield Signal(f"quality.{name}", states=QUALITY)
    yield from _loops(plant, physics, tags)
    yield from _elements(plant, physics)
    yield from (Signal(f"sif.{name}", states=SIF) for name in plant.sifs)
    for name, spec in plant.measurements.items():
        yield from (flag(f"alarm.{name}.{level}") for level in spec.alarms)
    yield from (flag(f"alarm.readback.{valve}") for valve in plant.readback)
    yield from (flag(f"alarm.deviation.{name}") for name, sif in plant.sifs.items() if sif.deviation)
    if plant.config_check:
        yield flag("alarm.config")
    yield Signal("alarms.in_10_min")
    yield from _watching(plant)
    yield from (flag(f"operator.{act}") for act in ACTIONS)
    yield flag("ai_fault")
    yield Signal("phase", states=PHASE)
    yield Signal("reason.mode", states=MODE_REASON)


def _watching(plant: Plant) -> Iterator[Signal]:
    for name in plant.monitor.signals if plant.monitor else ():
        yield Signal(f"cusum.{name}")
        yield flag(f"alarm.drift.{name}")
    if plant.novelty:
        yield from (Signal(f"novelty.{statistic}") for statistic in ("t2", "spe"))


def _loops(plant: Plant, physics: Physics, tags: Mapping[str, Tag]) -> Iterator[Signal]:
    for name, loop in plant.loops.items():
        yield Signal(f"mode.{name}", states=MODE, groups=MODE_GROUPS)
        yield Signal(f"sp.{name}", tags[loop.pv].unit if loop.pv in tags else "")
        yield Signal(f"slew.{name}", tags[loop.pv].unit if loop.pv in tags else "")
        yield Signal(f"op.{name}", element_unit(plant, physics, loop.op))


def _elements(plant: Plant, physics: Physics) -> Iterator[Signal]:
    pairs: dict[str, int] = {}
    for name, element in plant.final_elements.items():
        if element.modulates:
            unit = element_unit(plant, physics, name)
            yield Signal(f"move.{name}", unit)
            yield Signal(f"bump.{name}", unit)
        else:
            yield flag(f"safe.{name}")
            pairs[name[:-1]] = pairs.get(name[:-1], 0) + (name[-1] in "AB")
    yield from (flag(f"safe.{base}") for base, members in pairs.items() if members == 2)


def element_unit(plant: Plant, physics: Physics, element: str) -> str:
    """Unit of a final element: that of the input it drives; empty when unknown."""
    spec = plant.final_elements.get(element)
    return physics.inputs.get(spec.drives, "") if spec else ""


def output_unit(plant: Plant, physics: Physics, tags: Mapping[str, Tag], ai: Ai, loop: str) -> str:
    """Unit of what the AI writes to a loop: of the PV in RCAS, of the valve in ROUT."""
    about = plant.loops[loop]
    if ai.mode == "RCAS":
        return tags[about.pv].unit if about.pv in tags else ""
    return element_unit(plant, physics, about.op)


def _ai_signals(plant: Plant, physics: Physics, tags: Mapping[str, Tag], ai: Ai) -> Iterator[Signal]:
    """Signals of the AI's loops; where it has several, the guards' reasons are told by loop."""
    loops = [loop for loop in ai.loops if loop in plant.loops]
    for loop in loops:
        unit = output_unit(plant, physics, tags, ai, loop)
        yield Signal(f"target.{loop}", unit)
        yield Signal(f"admitted.{loop}", unit)
        yield Signal(f"age.{loop}")
        yield flag(f"ai_active.{loop}")
        yield flag(f"alarm.shed.{loop}")
        of = f".{loop}" if len(loops) > 1 else ""
        yield Signal(f"reason.input_guard{of}", states=INPUT_REASON)
        yield Signal(f"reason.output_guard{of}", states=OUTPUT_REASON)


def _threat(
    plant: Plant, physics: Physics, tags: Mapping[str, Tag], threat: Threat, kinds: Kinds, ai: Ai | None
) -> Signal:
    kind, name = kinds.get(threat.kind), f"threat.{threat.name}"
    about = kind.parameters.get(kind.tells) if kind else None
    if about is None:
        return flag(name)
    struck = target_unit(plant, physics, tags, threat, ai) or ""
    return Signal(name, of_target(about.unit, struck))


def target_unit(
    plant: Plant, physics: Physics, tags: Mapping[str, Tag], threat: Threat, ai: Ai | None
) -> str | None:
    """Unit of the struck signal; None when nothing or something unknown is struck."""
    name = threat.target or ""
    if threat.tap in ("policy", "ai_write", "network", "link") and ai:
        loop = name or ai.loops[0]
        return output_unit(plant, physics, tags, ai, loop) or None if loop in plant.loops else None
    if threat.tap == "process":
        return physics.inputs.get(name)
    if threat.tap in ("actuator", "downlink"):
        return element_unit(plant, physics, name) or None
    return tags[name].unit if name in tags else None
