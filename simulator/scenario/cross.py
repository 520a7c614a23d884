"""Questions crossed with phases, variants of the AI, its inputs or plants: one file, asked several times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario.notes import Notes
from simulator.scenario.place import Way
from simulator.scenario.schema.scenario import Scenario, Threat
from simulator.scenario.schema.suite import Cross
from simulator.scenario.source import Source

_TOLD = {"phase": "in the phase {}", "ai": "with the AI {}", "plant": "on {}", "input": "about {}"}


@dataclass(frozen=True)
class Asked:
    """One question as it is asked.

    Attributes
    ----------
    source : Source
        File it comes from.
    spec : Scenario
        With its own id, such as ``NET-003.LOAD``.
    base : str
        Id of the file: its row of the catalogue, and the streams that it draws from. A question and
        its crossings share their draws, so that they can be compared replica by replica.
    """

    source: Source
    spec: Scenario
    base: str


def asked(
    notes: Notes, read: list[tuple[Source, Scenario]], crosses: tuple[Cross, ...], known: Mapping[str, Any]
) -> list[Asked]:
    """Every question of a suite, those of the files first.

    Parameters
    ----------
    notes : Notes
        On the suite.
    read : list of (Source, Scenario)
        The scenario files.
    crosses : tuple of Cross
        What the suite asks of them once more.
    known : mapping of str to Plant
        Plants by the name that scenarios use.
    """
    found = [Asked(source, spec, spec.id) for source, spec in read]
    by_id = {one.base: one for one in found}
    for i, cross in enumerate(crosses):
        for k, name in enumerate(cross.of):
            way: Way = ("cross", i, "of", k)
            if notes.one_of(way, name, by_id, "a scenario of the suite"):
                found += _crossings(notes, ("cross", i), by_id[name], cross, known)
    return found


def _crossings(
    notes: Notes, way: Way, base: Asked, cross: Cross, known: Mapping[str, Any]
) -> Iterator[Asked]:
    forms = [base.spec]
    for axis in cross.axes:
        crossed = (_along(notes, (*way, axis), spec, axis, getattr(cross, axis), known) for spec in forms)
        forms = [form for found in crossed for form in found]
    for spec in forms:
        asks = {"requirements": cross.requirements} if cross.requirements else {}
        yield Asked(base.source, spec.model_copy(update=asks), base.base)


def _along(
    notes: Notes, way: Way, spec: Scenario, axis: str, values: Iterable[str], known: Mapping[str, Any]
) -> Iterator[Scenario]:
    """A question with each of these values of an axis."""
    for k, value in enumerate(values):
        plant = known.get(value if axis == "plant" else spec.plant)
        words = {"phase": plant.phases if plant else (), "ai": plant.ai if plant else (), "plant": known}
        words["input"] = _inputs(plant, spec)
        if not notes.one_of((*way, k), value, words[axis], f"a known {axis} of the question's plant"):
            continue
        told = known[value].plant if axis == "plant" else value
        changes: dict[str, Any] = {axis: value} if axis != "input" else {"threats": _aimed(spec, value)}
        changes |= {"id": f"{spec.id}.{told}"}
        changes["question"] = f"{spec.question.rstrip('?')}, {_TOLD[axis].format(told)}?"
        yield spec.model_copy(update=changes)


def _inputs(plant: Any, spec: Scenario) -> list[str]:
    """Inputs of its AI that a question may be asked about: none where no threat lies about one alone."""
    aimed = [threat for threat in spec.threats if threat.tap == "input" and threat.target]
    ai = plant.ai.get(spec.variant or next(iter(plant.ai))) if plant and len(aimed) == 1 else None
    return [given.tag for given in ai.inputs] if ai else []


def _aimed(spec: Scenario, tag: str) -> tuple[Threat, ...]:
    return tuple(
        threat.model_copy(update={"target": tag}) if threat.tap == "input" and threat.target else threat
        for threat in spec.threats
    )
