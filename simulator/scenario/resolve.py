"""From files to a checked suite, in three stages; each tells all its problems at once.

1. every file that is reached is read; 2. each has the shape of its kind; 3. names exist, units
fit, formulas can be judged, policies are there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from simulator.assess.stl import Formula
from simulator.core.errors import InputError, Problem
from simulator.scenario import catalogue
from simulator.scenario.checks import scenario as of_scenario
from simulator.scenario.checks.robustness import check_robustness
from simulator.scenario.checks.suite import (
    check_controls,
    check_criteria,
    check_ids,
    check_requirements,
    check_suite,
)
from simulator.scenario.checks.year import check_year
from simulator.scenario.cross import Asked, asked
from simulator.scenario.files import Files, files_of_scenario, files_of_suite
from simulator.scenario.foreign import Replacement
from simulator.scenario.notes import Notes
from simulator.scenario.resolve_plant import understood
from simulator.scenario.resolved import Foreign, ResolvedPlant, ResolvedScenario, ResolvedSuite
from simulator.scenario.schema.check import check
from simulator.scenario.schema.criteria import Criteria, Plan
from simulator.scenario.schema.plant import Plant
from simulator.scenario.schema.requirements import Requirement, Requirements
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.schema.suite import Suite
from simulator.scenario.signals import Kinds
from simulator.scenario.source import Source

T = TypeVar("T")


def resolve_suite(
    path: Path | str,
    kinds: Kinds | None = None,
    breaks: Collection[str] = (),
    foreign: Foreign | None = None,
) -> ResolvedSuite:
    """Read and check a suite with everything it reaches.

    Parameters
    ----------
    path : Path or str
        The suite file.
    kinds : mapping of str to KindSpec, optional
        Table of threats; the product's own when absent.
    breaks : collection of str
        Known ways in which a mutant breaks a layer; when empty any name is taken.
    foreign : Foreign, optional
        A policy that takes the place of the plants' own, in every question.

    Raises
    ------
    InputError
        With every problem of the first stage that has any.
    """
    files = files_of_suite(Path(path))
    return _Resolver(files, kinds, Replacement(foreign) if foreign else None).suite(breaks)


def resolve_scenario(
    path: Path | str, requirements: Path | str, criteria: Path | str, kinds: Kinds | None = None
) -> ResolvedScenario:
    """Read and check one scenario with its requirements and criteria; see `resolve_suite`."""
    files = files_of_scenario(Path(path), Path(requirements), Path(criteria))
    return _Resolver(files, kinds).scenario()


@dataclass(frozen=True)
class _Read:
    """Stage 2: the files as models, each with its source."""

    book: tuple[Source, Requirements]
    criteria: tuple[Source, Criteria]
    scenarios: list[tuple[Source, Scenario]]
    plants: dict[str, tuple[Source, Plant]]
    suite: tuple[Source, Suite] | None


def _shaped(files: Files) -> _Read:
    problems: list[Problem] = []

    def shape(source: Source | None, model: type[T]) -> tuple[Source, T]:
        try:
            return source, check(source, model)  # type: ignore[arg-type, type-var, return-value]
        except InputError as error:
            problems.extend(error.problems)
            return None  # type: ignore[return-value]

    suite = shape(files.suite, Suite) if files.suite else None
    plants = {name: shape(source, Plant) for name, source in files.plants.items()}
    scenarios = [shape(source, Scenario) for source in files.scenarios]
    book = shape(files.requirements, Requirements) if files.requirements else None
    criteria = shape(files.criteria, Criteria) if files.criteria else None
    if problems:
        raise InputError(*problems)
    if book is None or criteria is None:
        raise AssertionError("a suite of the right shape names requirements and criteria")
    return _Read(book, criteria, scenarios, plants, suite)


class _Resolver:
    """Stage 3."""

    def __init__(self, files: Files, kinds: Kinds | None, instead: Replacement | None = None) -> None:
        if kinds is None:
            from simulator.threats.wired import EVERY

            kinds = EVERY
        self.files, self.kinds, self.instead = files, kinds, instead
        self.read = _shaped(files)
        self.notes: dict[str, Notes] = {str(instead.files[0]): instead.notes} if instead else {}
        self.plants: dict[str, ResolvedPlant] = {}
        self.formulas: dict[str, list[Formula]] = {}

    def on(self, source: Source) -> Notes:
        """The notes on one file."""
        return self.notes.setdefault(str(source.path.resolve()), Notes(source))

    def scenario(self) -> ResolvedScenario:
        """The only scenario."""
        self._plants()
        found = self._scenarios(check_all=self._book)
        return next(iter(found.values()))

    def suite(self, breaks: Collection[str]) -> ResolvedSuite:
        """The whole suite."""
        if self.read.suite is None:
            raise AssertionError("files of a suite")
        source, spec = self.read.suite
        self._plants()
        found = self._scenarios(check_all=lambda _: self._suite(source, spec, breaks))
        if self.instead:
            self.instead.leave_out(found.values())
        paths = [one.path.resolve() for one in self.files.all()]
        paths += [file for plant in self.plants.values() for file in plant.beside]
        findings = dict.fromkeys(text for notes in self.notes.values() for text in notes.findings)
        plants = {key: self.plants[key] for key in (spec.plant, *self.plants)}
        book, criteria = self.read.book[1], self.read.criteria[1]
        head = (source.path.resolve(), spec, book, criteria, plants, found)
        paths += [source for plant in self.plants.values() for source in plant.physics.sources]
        paths += self.instead.files if self.instead else ()
        foreign = self.instead.given if self.instead else None
        return ResolvedSuite(*head, tuple(dict.fromkeys(paths)), tuple(findings), foreign)

    def _plants(self) -> None:
        for key, (source, spec) in self.read.plants.items():
            notes = self.on(source)
            found = understood(key, notes, spec)
            if found:
                self.plants[key] = self.instead.on(found) if self.instead else found
        if len(self.plants) < len(self.read.plants) or (self.instead and self.instead.notes.problems):
            self._end()

    def _end(self) -> None:
        problems = [problem for notes in self.notes.values() for problem in notes.problems]
        if problems:
            raise InputError(*dict.fromkeys(problems))

    def _book(self, plant: Plant) -> None:
        (book_source, book), (criteria_source, criteria) = self.read.book, self.read.criteria
        ids = [one.spec.id for one in self.asked]
        check_requirements(self.on(book_source), book, plant, criteria)
        notes = self.on(criteria_source)
        check_criteria(notes, criteria, book, ids)
        for name, margin in criteria.margins.warn_below.items():
            if name in self.formulas:
                of_scenario.check_margin(notes, name, margin, self.formulas[name])

    def _suite(self, source: Source, spec: Suite, breaks: Collection[str]) -> None:
        plant = self.plants[spec.plant].spec
        self._book(plant)
        for other_source, other in (self.read.book, self.read.criteria):
            if other.plant != plant.plant:
                wanted = f"the plant of the suite, {plant.plant}"
                self.on(other_source).refuse(("plant",), repr(other.plant), wanted)
        ids = [one.spec.id for one in self.asked]
        check_suite(self.on(source), spec, self.read.book[1], ids)
        check_controls(self.on(source), spec, [p.spec for p in self.plants.values()], ids, breaks)
        asks = {one.spec.id: one.spec for one in self.asked}
        if spec.year:
            check_year(self.on(source), spec.year, asks)
        if spec.robustness:
            plants = [(plant.spec, plant.physics) for plant in self.plants.values()]
            check_robustness(self.on(source), spec.robustness, self.read.book[1], asks, plants)

    def _scenarios(self, check_all: Callable[[Plant], None]) -> dict[str, ResolvedScenario]:
        found: dict[str, ResolvedScenario] = {}
        taken: dict[str, str] = {}
        for source, spec in self.read.scenarios:
            origin = spec.draws.of if spec.draws else ""
            check_ids(self.on(source), ("id",), spec.id, taken, origin)
            taken.setdefault(spec.id, source.file)
        for one in self.asked:
            found[one.spec.id] = self._scenario(one)
        check_all(next(iter(self.plants.values())).spec)
        self._end()
        return found

    @cached_property
    def asked(self) -> list[Asked]:
        """Every question as it is asked: the files, then their crossings."""
        source, spec = self.read.suite or (self.read.scenarios[0][0], None)
        crosses = spec.cross if spec else ()
        plants = {key: plant.spec for key, plant in self.plants.items()}
        return asked(self.on(source), self.read.scenarios, crosses, plants)

    def _scenario(self, one: Asked) -> ResolvedScenario:
        source, spec = one.source, one.spec
        notes, plant = self.on(source), self.plants[spec.plant]
        told = of_scenario.Told(notes, spec, plant, self.kinds)
        threats = of_scenario.resolve_threats(told)
        start = of_scenario.resolve_start(told)
        of_scenario.check_duration(told)
        of_scenario.check_phase(told)
        of_scenario.check_operator(told)
        listed = dict(of_scenario.resolve_requirements(told, self.read.book[1]))
        formulas = {}
        known = spec.variant is None or spec.variant in plant.spec.ai
        if known and len(threats) == len(spec.threats):  # else every formula on them would complain too
            formulas = of_scenario.read_formulas(told, listed, self.on(self.read.book[0]))
        for name, formula in formulas.items():
            self.formulas.setdefault(name, []).append(formula)
        plans = _plans(self.read.criteria[1], one, listed)
        variant = spec.variant or next(iter(plant.spec.ai))
        origin = spec.draws.of if spec.draws else one.base
        head = (source.path.resolve(), spec, plant, variant, threats, start, listed, formulas, plans)
        return ResolvedScenario(
            *head, told.signals(), catalogue.rows().get(origin), one.base, tuple(notes.findings)
        )


def _plans(criteria: Criteria, one: Asked, listed: Mapping[str, Requirement]) -> dict[str, Plan]:
    """Sample size of each requirement: the scenario's own plan, else that of its code."""
    override = criteria.overrides.get(one.spec.id) or criteria.overrides.get(one.base)
    found = {}
    for name, requirement in listed.items():
        code = criteria.codes.get(requirement.code)
        plan = override.plan if override else code.plan if code else ""
        if plan in criteria.plans:
            found[name] = criteria.plans[plan]
    return found
