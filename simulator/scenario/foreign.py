"""A policy of the user's own in place of the plant file's: its wires checked against every plant it meets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from simulator.control.ai import rules
from simulator.control.ai.session import opened
from simulator.core.errors import InputError, Problem
from simulator.scenario.checks.plant import check_wires
from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.resolved import Foreign, ResolvedPlant, ResolvedScenario
from simulator.scenario.schema.check import check
from simulator.scenario.schema.io import Io
from simulator.scenario.schema.plant import Ai
from simulator.scenario.yaml_file import read


class Replacement:
    """What a foreign policy puts in place of the plants' own.

    Parameters
    ----------
    given : Foreign
        The files.

    Raises
    ------
    InputError
        With everything that is wrong with both files by themselves.
    """

    def __init__(self, given: Foreign) -> None:
        problems: list[Problem] = []
        try:
            source = read(given.io, str(given.io))
            self.spec = check(source, Io)
            self.notes = Notes(source)
        except InputError as error:
            problems += error.problems
        try:
            self.model = opened(given.policy)[1]
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError(*problems)
        self.given = given
        self.path = given.policy.resolve()
        self.ai: Ai = self.spec.ai(str(self.path))
        for text in (
            f"the policy is {given.policy}, wired by {given.io}, in place of the plants' own",
            *self._warned(),
        ):
            self.notes.find((), text)

    @property
    def files(self) -> tuple[Path, ...]:
        """Input files of the run: the io file, and what the model keeps beside itself."""
        return (self.given.io.resolve(), *rules.beside(self.path, self.model))

    def _warned(self) -> Iterable[str]:
        return (f"the policy: {text}" for text in rules.warnings(self.model))

    def on(self, plant: ResolvedPlant) -> ResolvedPlant:
        """The plant with this policy as its variants of the same mode (of any, if it has none such).

        Notes which wires do not fit it.
        """
        check_wires(self.notes, (), self.ai, plant.spec, plant.physics)
        if self.ai.mode not in plant.spec.output_guard:
            wanted = f"a mode that the output guard of '{plant.name}' has limits for"
            self.notes.refuse(("mode",), shown(self.ai.mode), wanted)
        if self.ai.cycle and self.ai.cycle % plant.spec.scan.plc:
            wanted = f"a multiple of the PLC's scan ({plant.spec.scan.plc} ms)"
            self.notes.refuse(("cycle",), shown(self.notes.source.value(("cycle",))), wanted)
        if plant.commissioning:
            self.notes.find((), f"'{plant.name}' was commissioned with its own policy, not with this one")
        mine = [v for v, ai in plant.spec.ai.items() if ai.mode == self.ai.mode] or list(plant.spec.ai)
        # the first variant is the one that a question means when it names none
        variants = dict.fromkeys(mine, self.ai) | {v: a for v, a in plant.spec.ai.items() if v not in mine}
        policies = {v: self.path if v in mine else plant.policies[v] for v in variants}
        spec = plant.spec.model_copy(update={"ai": variants})
        return replace(plant, spec=spec, policies=policies, foreign=self.given)

    def alone(self, plant: ResolvedPlant) -> ResolvedPlant:
        """The plant with this policy, for who needs no suite; raises `InputError` when it does not fit."""
        found = self.on(plant)
        if self.notes.problems:
            raise InputError(*self.notes.problems)
        return found

    def leave_out(self, scenarios: Iterable[ResolvedScenario]) -> None:
        """Note the questions that this policy cannot be asked."""
        for one in scenarios:
            if not one.asks(self.path):
                own = f"the plant's own policy '{one.variant}', in {one.ai.mode}"
                self.notes.find((), f"{one.id} is not asked: it is about {own}")
