"""Cross-checks of requirements, criteria and suite."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from simulator.scenario import catalogue
from simulator.scenario.hints import did_you_mean, shown
from simulator.scenario.notes import Notes
from simulator.scenario.place import Way
from simulator.scenario.schema.criteria import Criteria
from simulator.scenario.schema.plant import Plant
from simulator.scenario.schema.requirements import Requirements
from simulator.scenario.schema.suite import Suite

LAYERS = (
    "input_guard",
    "output_guard",
    "guard_watch",
    "watchdog",
    "monitor",
    "novelty",
    "pid",
    "final_clamp",
    "readback",
    "config_check",
    "deadline",
    "deviation",
    "alarms",
    "operator",
    "procedure",
)
"""Layers of the control system that a mutant may leave out, beside the SIFs."""


def check_requirements(notes: Notes, book: Requirements, plant: Plant, criteria: Criteria) -> None:
    """Note codes without criteria, limits the plant does not have, bounds without a share."""
    for name, requirement in book.requirements.items():
        way = ("requirements", name)
        notes.one_of((*way, "code"), requirement.code, criteria.codes, "a code of the criteria")
        if requirement.protects:
            notes.one_of((*way, "protects"), requirement.protects, plant.safety_limits, "a safety limit")
        if requirement.compare:
            notes.in_unit((*way, "compare", "at_most"), requirement.compare.at_most, "1")


def check_criteria(notes: Notes, criteria: Criteria, book: Requirements, ids: Iterable[str]) -> None:
    """Note unknown plans, scenarios and requirements, and a verdict list that may end open."""
    if not 0 < criteria.confidence < 1:
        got = shown(notes.source.value(("confidence",)))
        notes.refuse(("confidence",), got, "a share between 0 % and 100 %")
    for code, spec in criteria.codes.items():
        notes.one_of(("codes", code, "plan"), spec.plan, criteria.plans, "a plan")
    known = {*ids, *catalogue.rows()}
    for scenario, override in criteria.overrides.items():
        notes.one_of(("overrides", scenario), scenario, known, "a scenario", key=True)
        notes.one_of(("overrides", scenario, "plan"), override.plan, criteria.plans, "a plan")
    for name in criteria.margins.warn_below:
        notes.one_of(("margins", "warn_below", name), name, book.requirements, "a requirement", key=True)
    _check_plans(notes, criteria)
    _check_verdict(notes, criteria)


def _check_plans(notes: Notes, criteria: Criteria) -> None:
    for name, plan in criteria.plans.items():
        if plan.failures_allowed >= plan.replicas:
            wanted = f"fewer than the {plan.replicas} replicas"
            notes.refuse(("plans", name, "failures_allowed"), str(plan.failures_allowed), wanted)


def _check_verdict(notes: Notes, criteria: Criteria) -> None:
    seen: list[str] = []
    last = len(criteria.verdict) - 1
    for i, rule in enumerate(criteria.verdict):
        for name, conditions in rule.items():
            way = ("verdict", i, name)
            if name in seen:
                notes.refuse(way, shown(name), "each verdict once", key=True)
            if ("otherwise" in conditions) != (i == last):
                notes.refuse(way, shown(list(conditions)), "'otherwise' as the last entry, and only there")
            seen.append(name)


def check_suite(notes: Notes, suite: Suite, book: Requirements, ids: list[str]) -> None:
    """Note versions, ids and scenarios that do not exist, and a budget too small for anything."""
    for i, version in enumerate(suite.catalogue.attack_ics):
        notes.one_of(("catalogue", "attack_ics", i), version, catalogue.ATTACK_ICS, "a shipped version")
    notes.one_of(("catalogue", "atlas"), suite.catalogue.atlas, catalogue.ATLAS, "a shipped version")
    checks = [name for name, r in book.requirements.items() if r.design_check]
    for i, name in enumerate(suite.design_checks):
        notes.one_of(("design_checks", i), name, checks, "a requirement that is a design check")
    for name in suite.out_of_scope:
        way = ("out_of_scope", name)
        notes.one_of(way, name, catalogue.rows(), "a scenario of the catalogue", key=True)
        if name in ids:
            notes.refuse(way, shown(name), "a scenario that is not in the suite", key=True)
    _check_budget(notes, suite)


def check_controls(
    notes: Notes, suite: Suite, plants: Collection[Plant], ids: list[str], breaks: Collection[str]
) -> None:
    """Note controls of unknown scenarios and mutants of unknown layers; no `breaks`: any is taken."""
    controls = suite.controls
    for key in ("null_injection", "repeat", "mutants"):
        control = getattr(controls, key)
        if control:
            notes.one_of(("controls", key, "id"), control.id, catalogue.rows(), "a scenario of the catalogue")
        for i, name in enumerate(getattr(control, "of", ())):
            way = ("controls", key, "of", i)
            _in_suite(notes, way if way in notes.source.places else way[:-1], name, ids)
    if controls.mutants:
        functions = sorted({sif for plant in plants for sif in plant.sifs})
        _check_mutants(notes, "remove", controls.mutants.remove, (*LAYERS, *functions), ids)
        _check_mutants(notes, "break", controls.mutants.break_, breaks, ids)


def _check_mutants(
    notes: Notes, key: str, named: Mapping[str, str], known: Collection[str], ids: list[str]
) -> None:
    wanted = "a layer or a safety function" if key == "remove" else "a known way to break a layer"
    for name, killer in named.items():
        way = ("controls", "mutants", key, name)
        if known:
            notes.one_of(way, name, known, wanted, key=True)
        _in_suite(notes, way, killer, ids)


def _in_suite(notes: Notes, way: Way, name: str, ids: list[str]) -> None:
    notes.one_of(way, name, ids, "a scenario of the suite")


def _check_budget(notes: Notes, suite: Suite) -> None:
    budget, raw = suite.budget, notes.source.data["budget"]
    for key, least, wanted in (
        ("wall", 1000, "at least 1 s"),
        ("memory_per_worker", 100_000_000, "at least 100 MB"),
        ("disk", 1_000_000, "at least 1 MB"),
    ):
        if getattr(budget, key) < least:
            notes.refuse(("budget", key), shown(raw[key]), wanted)


def check_ids(notes: Notes, way: Way, name: str, taken: dict[str, str], origin: str = "") -> None:
    """Note a scenario id that another file has already, or that no row of the catalogue bears.

    One that has the draws of another question, `origin`, has its row too.
    """
    if name in taken:
        notes.refuse(way, shown(name), "an id of its own", f"{taken[name]} has it too")
    if (origin or name) not in catalogue.rows():
        hint = did_you_mean(name, catalogue.rows()).partition("   (known")[0]
        notes.find(way, f"{name} is no row of the catalogue: no tier and no technique ids   {hint}".rstrip())
