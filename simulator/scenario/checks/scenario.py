"""Cross-checks of a scenario: threats, start, operator, requirements; and what they resolve to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.assess.stl import Formula, FormulaError, parse
from simulator.core.errors import Problem
from simulator.core.quantity import Distribution, Quantity
from simulator.core.traces import Signal
from simulator.scenario.checks.threat import resolve_threat
from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.resolved import ResolvedPlant, ResolvedThreat
from simulator.scenario.schema.requirements import Requirement, Requirements
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.signals import Kinds, signals_of, variant_of

_FORGEABLE = ("quality.", "reason.")


@dataclass(frozen=True)
class Told:
    """What the files of one scenario say, with the notes on them."""

    notes: Notes
    spec: Scenario
    plant: ResolvedPlant
    kinds: Kinds

    def signals(self) -> dict[str, Signal]:
        """Signals of the scenario."""
        return signals_of(self.plant.spec, self.plant.physics, self.spec, self.kinds)


def resolve_threats(told: Told) -> tuple[ResolvedThreat, ...]:
    """Check the variant and every threat; return those that make sense."""
    spec, notes = told.spec, told.notes
    if spec.variant:
        notes.one_of(("ai",), spec.variant, told.plant.spec.ai, f"an AI variant of plant '{spec.plant}'")
    names = [threat.name for threat in spec.threats]
    for i, name in enumerate(names):
        if name in names[:i]:
            notes.refuse(("threats", i, "name"), shown(name), "each name once")
    variant = variant_of(told.plant.spec, spec)
    found = (
        resolve_threat(notes, told.plant, spec, i, told.kinds, variant) for i in range(len(spec.threats))
    )
    return tuple(threat for threat in found if threat)


def resolve_start(told: Told) -> dict[str, Distribution]:
    """The states that do not start at nominal, in the units of the physics."""
    valves = {n for n, e in told.plant.spec.final_elements.items() if e.kind == "control valve"}
    found, states = {}, {**told.plant.physics.states, **dict.fromkeys(sorted(valves), "%")}
    wanted = "a state of the physics or a control valve"
    for name, value in told.spec.start.items():
        if told.notes.one_of(("start", name), name, states, wanted, key=True):
            drawn = told.notes.drawn(("start", name), value, states[name])
            if drawn:
                found[name] = drawn
    return found


def check_duration(told: Told) -> None:
    """Note a length that is no whole number of base ticks."""
    base = told.plant.spec.scan.base
    if told.spec.duration % base:
        got = f"{told.spec.duration / 1000:g} s"
        told.notes.refuse(("duration",), got, f"a multiple of the plant's base tick of {base / 1000:g} s")


def check_phase(told: Told) -> None:
    """Note a phase that the plant does not have."""
    known = ["RUN", *told.plant.spec.phases]
    told.notes.one_of(("phase",), told.spec.phase, known, f"a phase of plant '{told.spec.plant}'")


def check_operator(told: Told) -> None:
    """Note alarms that the operator acts on and that the plant does not have."""
    if told.spec.operator is None:
        return
    known = [name.removeprefix("alarm.") for name in told.signals() if name.startswith("alarm.")]
    for alarm in told.spec.operator.acts_on:
        told.notes.one_of(("operator", "acts_on", alarm), alarm, known, "an alarm of the plant", key=True)


def resolve_requirements(told: Told, book: Requirements) -> Iterator[tuple[str, Requirement]]:
    """The requirements a scenario lists, by id."""
    listed = told.spec.requirements
    for i, name in enumerate(listed):
        way = ("requirements", i) if told.notes.source.places.get(("requirements", i)) else ("requirements",)
        if name in listed[:i]:
            told.notes.refuse(way, shown(name), "each requirement once")
        elif told.notes.one_of(way, name, book.requirements, "a requirement"):
            found = book.requirements[name]
            if found.design_check:
                told.notes.refuse(way, f"{shown(name)}, a design check", "a requirement judged on a run")
            else:
                yield name, found


def read_formulas(told: Told, listed: Mapping[str, Requirement], notes: Notes) -> dict[str, Formula]:
    """Read the formulas against the scenario's signals; `notes` are those of the requirements."""
    signals, found = told.signals(), {}
    for name, requirement in listed.items():
        if requirement.formula:
            formula = _read(told, notes, name, requirement.formula, signals)
            if formula:
                found[name] = formula
                _check_truth(notes, told.plant, name, requirement, formula)
    return found


def _read(told: Told, notes: Notes, name: str, text: str, signals: Mapping[str, Signal]) -> Formula | None:
    way = ("requirements", name, "formula")
    try:
        formula = parse(text, signals)
        formula.check(told.plant.spec.scan.base, signals)
    except FormulaError as error:
        spot = notes.source.within(way, error.position, error.length)
        wanted = f"{error.wanted} (in scenario {told.spec.id})"
        _once(notes, notes.source.at(*spot, way, error.got, wanted, error.hint))
        return None
    return formula


def _once(notes: Notes, problem: Problem) -> None:
    """Note a formula's mistake once, however many scenarios list the formula."""
    told = {(known.line, known.column, known.got) for known in notes.problems}
    if (problem.line, problem.column, problem.got) not in told:
        notes.problems.append(problem)


def _check_truth(
    notes: Notes, plant: ResolvedPlant, name: str, requirement: Requirement, formula: Formula
) -> None:
    """A requirement speaks of the truth, never of a tag that an attack can forge."""
    if requirement.about == "detection":
        return
    for signal in sorted(formula.signals):
        if signal in plant.tags or signal.startswith(_FORGEABLE):
            way = ("requirements", name, "formula")
            spot = notes.source.within(way, requirement.formula.find(signal), len(signal))  # type: ignore[union-attr]
            wanted = "the truth (true.*), or 'about: detection'"
            hint = _truth_of(plant, signal)
            got = f"{shown(signal)}, which an attack can forge"
            _once(notes, notes.source.at(*spot, way, got, wanted, hint))


def _truth_of(plant: ResolvedPlant, signal: str) -> str:
    tag = plant.tags.get(signal)
    measured = plant.tags.get(tag.of) if tag and tag.kind == "copy" else tag
    return f"did you mean true.{measured.of} ?" if measured and measured.kind == "transmitter" else ""


def check_margin(notes: Notes, name: str, margin: Quantity, formulas: list[Formula]) -> None:
    """Note a warning margin that is neither a time nor in the unit of its formula."""
    units = ["s", *(formula.margin_unit for formula in formulas if formula.margin_unit)]
    for unit in units:
        try:
            margin.difference(unit)
            return
        except ValueError:
            continue
    wanted = f"a margin in {' or '.join(units)}"
    notes.refuse(("margins", "warn_below", name), shown(str(margin)), wanted)
