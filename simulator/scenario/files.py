"""Stage 1: reads every file that a suite or a scenario reaches, each once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.core.errors import InputError, Problem
from simulator.scenario.hints import did_you_mean, shown
from simulator.scenario.place import Way
from simulator.scenario.plants import PlantError, installed, locate
from simulator.scenario.source import Source
from simulator.scenario.yaml_file import read


@dataclass
class Files:
    """Sources by role.

    Attributes
    ----------
    suite : Source or None
        Absent when one scenario is resolved by itself.
    requirements, criteria : Source or None
        None while stage 1 has problems.
    scenarios : list of Source
        In the order of the suite; a folder's sorted by name.
    plants : dict of str to Source
        By the name that suite and scenarios use.
    problems : list of Problem
        What could not be read.
    """

    suite: Source | None = None
    requirements: Source | None = None
    criteria: Source | None = None
    scenarios: list[Source] = field(default_factory=list)
    plants: dict[str, Source] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: dict[Path, Source | None] = field(default_factory=dict)

    def all(self) -> list[Source]:
        """Every file that was read."""
        return [source for source in self.seen.values() if source]

    def read(self, path: Path, file: str) -> Source | None:
        """Read a file once; note what is wrong with it."""
        key = path.resolve()
        if key not in self.seen:
            try:
                self.seen[key] = read(path, file)
            except InputError as error:
                self.seen[key] = None
                self.problems.extend(error.problems)
        return self.seen[key]

    def named(self, by: Source, way: Way, text: str, wanted: str) -> Source | None:
        """Read a file that another names, relative to it."""
        path, file = beside(by, text)
        if path.is_file():
            return self.read(path, file)
        self.problems.append(by.problem(way, shown(text), wanted, _neighbours(path)))
        return None

    def plant(self, by: Source, way: Way, name: str) -> None:
        """Find and read a plant."""
        try:
            path = locate(name, by.path.parent)
        except PlantError as error:
            hint = error.hint or did_you_mean(name, installed())
            self.problems.append(by.problem(way, error.got, error.wanted, hint))
            return
        if not path.is_file():
            self.problems.append(by.problem(way, shown(name), "a plant whose plant.yaml exists"))
            return
        source = self.read(path, _short(path))
        if source:
            self.plants.setdefault(name, source)

    def end(self) -> None:
        """Raise what stage 1 found."""
        if self.problems:
            raise InputError(*dict.fromkeys(self.problems))


def beside(by: Source, text: str) -> tuple[Path, str]:
    """Path of a file named by another, and its name in messages."""
    return by.path.parent / text, os.path.normpath(Path(by.file).parent / text)


def _short(path: Path) -> str:
    """A path as seen from here, when it is below."""
    here, there = Path.cwd().resolve(), path.resolve()
    return str(there.relative_to(here)) if there.is_relative_to(here) else str(path)


def _neighbours(path: Path) -> str:
    folder = path.parent
    names = [p.name for p in folder.glob("*.yaml")] if folder.is_dir() else []
    return did_you_mean(path.name, names).partition("   (known")[0] if names else ""


def files_of_suite(path: Path) -> Files:
    """Read a suite and every file it reaches."""
    files = Files()
    files.suite = suite = files.read(path, str(path))
    if suite is None:
        files.end()
        raise AssertionError("a suite without a source has problems")
    files.requirements = _of_key(files, suite, "requirements")
    files.criteria = _of_key(files, suite, "criteria")
    if text := _text(suite, ("plant",)):
        files.plant(suite, ("plant",), text)
    for way, text in _texts(suite, "scenarios"):
        _add_scenarios(files, suite, way, text)
    for way, text in _crossed_plants(suite):
        files.plant(suite, way, text)
    files.end()
    return files


def files_of_scenario(path: Path, requirements: Path, criteria: Path) -> Files:
    """Read one scenario with its requirements, criteria and plant."""
    files = Files()
    files.requirements = files.read(requirements, str(requirements))
    files.criteria = files.read(criteria, str(criteria))
    source = files.read(path, str(path))
    if source:
        _add_scenario(files, source)
    files.end()
    return files


def _of_key(files: Files, suite: Source, key: str) -> Source | None:
    text = _text(suite, (key,))
    return files.named(suite, (key,), text, f"a {key} file that exists") if text else None


def _add_scenarios(files: Files, suite: Source, way: Way, text: str) -> None:
    path, file = beside(suite, text)
    if not path.is_dir():
        source = files.named(suite, way, text, "a scenario file or a folder that exists")
        if source:
            _add_scenario(files, source)
        return
    others = {s.path.resolve() for s in (files.requirements, files.criteria, suite) if s}
    found = [p for p in sorted(path.glob("*.yaml")) if p.resolve() not in others]
    if not found:
        got = f"{shown(text)} without a scenario"
        files.problems.append(suite.problem(way, got, "a folder of scenarios"))
    for one in found:
        source = files.read(one, os.path.join(file, one.name))  # noqa: PTH118 - a name for messages
        if source:
            _add_scenario(files, source)


def _add_scenario(files: Files, source: Source) -> None:
    if source in files.scenarios:
        return
    files.scenarios.append(source)
    if text := _text(source, ("plant",)):
        files.plant(source, ("plant",), text)


def _text(source: Source, way: tuple[str]) -> str:
    found: Any = source.data.get(way[0])
    return found if isinstance(found, str) else ""


def _texts(source: Source, key: str) -> list[tuple[Way, str]]:
    found = source.data.get(key)
    listed = found if isinstance(found, list) else []
    return [((key, i), text) for i, text in enumerate(listed) if isinstance(text, str)]


def _crossed_plants(suite: Source) -> list[tuple[Way, str]]:
    """Plants that only a crossing names."""
    crosses = suite.data.get("cross")
    found: list[tuple[Way, str]] = []
    for i, cross in enumerate(crosses if isinstance(crosses, list) else []):
        plants = cross.get("plant") if isinstance(cross, dict) else None
        listed = plants if isinstance(plants, list) else []
        found += [(("cross", i, "plant", k), name) for k, name in enumerate(listed) if isinstance(name, str)]
    return found
