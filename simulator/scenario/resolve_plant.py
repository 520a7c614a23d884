"""One plant: its file, its physics, and what they say together."""

from __future__ import annotations

from pathlib import Path

from simulator.core.errors import InputError, Problem
from simulator.scenario.blocks import block_physics
from simulator.scenario.checks.plant import check_plant
from simulator.scenario.commissioned import commissioned
from simulator.scenario.notes import Notes
from simulator.scenario.plants import Physics, PlantError, installed, locate, physics
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.check import check
from simulator.scenario.schema.commissioning import Commissioning
from simulator.scenario.schema.plant import Plant
from simulator.scenario.source import Source
from simulator.scenario.tags import tags_of
from simulator.scenario.yaml_file import read


def understood(key: str, notes: Notes, spec: Plant) -> ResolvedPlant | None:
    """A plant file with its physics and its commissioning file; None when there is no physics."""
    about = _physics(notes, spec)
    if about is None:
        return None
    found = commissioned(notes, spec, about, notes.source.path.parent)
    return _resolved(key, notes.source, spec, notes, about, found)


def resolve_plant(text: str, as_commissioned: bool = False) -> tuple[ResolvedPlant, Source]:
    """A plant by itself.

    Parameters
    ----------
    text : str
        Name of an installed plant, or path of a plant file.
    as_commissioned : bool
        With its commissioning file, if it names one; else as it is before it is commissioned.

    Raises
    ------
    InputError
        With everything that is wrong with the file, and with its commissioning file if that is read.
    """
    try:
        path = locate(text, Path())
    except PlantError as error:
        hint = f"installed: {', '.join(installed())}"
        raise InputError(Problem(error.got, error.wanted, hint=error.hint or hint)) from None
    source = read(path, str(path) if text.endswith(".yaml") else f"{text}/plant.yaml")
    notes, spec = Notes(source), check(source, Plant)
    about = _physics(notes, spec)
    measured = commissioned(notes, spec, about, path.parent) if about and as_commissioned else None
    if about is None or notes.problems:
        raise InputError(*notes.problems)
    return _resolved(text, source, spec, notes, about, measured), source


def variant_of(plant: ResolvedPlant, name: str | None, where: str = "") -> str:
    """A variant of the plant's AI by name; its first where none is named.

    Raises
    ------
    InputError
        When there is none of this name.
    """
    name = name or next(iter(plant.spec.ai))
    if name not in plant.spec.ai:
        raise InputError(Problem(f"variant '{name}'", f"one of {', '.join(plant.spec.ai)}", where=where))
    return name


def _physics(notes: Notes, spec: Plant) -> Physics | None:
    folder = notes.source.path.parent
    try:
        about = block_physics(notes, spec) if spec.blocks else physics(spec.physics, folder)
    except PlantError as error:
        notes.refuse(("physics",), error.got, error.wanted, error.hint)
        return None
    if about is None:
        return None
    check_plant(notes, spec, about, folder)
    return about


def _resolved(
    key: str, source: Source, spec: Plant, notes: Notes, about: Physics, found: Commissioning | None
) -> ResolvedPlant:
    known = {name: value for name, value in spec.parameters.items() if name in about.parameters}
    values = {}
    for name, value in known.items():
        number = Notes(source).in_unit(("parameters", name), value, about.parameters[name].unit)
        values[name] = 0.0 if number is None else number
    file = source.path.resolve()
    policies = {name: file.parent / ai.model for name, ai in spec.ai.items()}
    tags = tags_of(spec, about)
    return ResolvedPlant(key, file, spec, about, values, tags, policies, tuple(notes.findings), found)
