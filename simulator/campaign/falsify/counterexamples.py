"""From violations to a few counterexamples, each an ordinary scenario file that was replayed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from simulator.assess.statistics import lower_bound
from simulator.campaign.experiment import Experiment
from simulator.campaign.falsify.aims import STATES, Aim
from simulator.campaign.falsify.candidate import Candidate
from simulator.campaign.falsify.evidence import Replayed, named, over_tcp, put_file, read_again, replayed
from simulator.campaign.falsify.rounded import rounded
from simulator.campaign.falsify.shrink import Shrinking
from simulator.campaign.falsify.stories import Key, Violation, clustered, diverse, key, sentence
from simulator.campaign.falsify.trials import Clock
from simulator.campaign.lab import Lab
from simulator.record.layout import Layout
from simulator.record.writer import put_trace

SHRUNK = 4
"""Of so many violations of a requirement, those that differ most, the least form is looked for."""
FRESH = 59
"""Other noises in which each is tried, unless the criteria plan more or fewer replicas."""


@dataclass(frozen=True)
class Small:
    """One violation in its least form.

    Attributes
    ----------
    violation : Violation
        As it was found.
    candidate : Candidate
        What is left of it.
    key : Key
        What story it tells.
    """

    violation: Violation
    candidate: Candidate
    key: Key

    @property
    def length(self) -> float:
        """How long its story is: threats, starts and pieces."""
        threats = self.candidate.space.spec.threats
        return len(self.key[2]) + sum(len(one.levels) for one in threats)


@dataclass
class Files:
    """Writes counterexamples of one question.

    Parameters
    ----------
    lab : Lab
        Runs candidates.
    experiment : Experiment
        The question.
    layout : Layout
        The results folder.
    clock : Clock
        Ends it.
    tell : callable
        Told what is being done.
    confirm : bool
        Whether each is replayed over Modbus TCP.
    into : Path or None
        Where copies go.
    """

    lab: Lab
    experiment: Experiment
    layout: Layout
    clock: Clock
    tell: Callable[[str], None]
    confirm: bool = False
    into: Path | None = None
    shrinking: int = 0
    fresh: int = 0
    written: list[dict[str, Any]] = field(default_factory=list)

    def write(self, aim: Aim, violations: Sequence[Violation]) -> None:
        """The distinct stories of one requirement's violations."""
        small = [self._small(aim, one) for one in diverse(violations, SHRUNK)]
        found = [(one.key, one.violation.margin, k) for k, one in enumerate(small)]
        for places in clustered(found, lambda k: small[k].length):
            alike = [small[k] for k in places]
            self._put(aim, alike[0], len(alike), len(violations))

    def _small(self, aim: Aim, violation: Violation) -> Small:
        self.tell(f"shrinking {aim.requirement}")
        question = self.experiment.question
        whole = Candidate(self.experiment.space, violation.point, question.duration)
        work = Shrinking(self.lab, self.experiment, aim, self.clock)
        least = work.smaller(whole)
        told = key(aim.requirement, violation.held, least.space.spec)
        plain = rounded(least, work.first)
        self.shrinking += work.spent
        return Small(violation, plain, told)

    def _put(self, aim: Aim, small: Small, alike: int, violations: int) -> None:
        question, requirement = self.experiment.question, aim.requirement
        name = self._free(question.id)
        self.tell(f"replaying {name}")
        asks = f"Does {requirement} hold where a search has found that it does not? {question.spec.question}"
        spec = named(small.candidate, question, name, asks)
        file = self.layout.root / "counterexamples" / _file_of(name)
        head = (
            f"A counterexample to {requirement}, found in the space of {question.id}; simulation "
            f"{small.violation.place} of its search.",
        )
        put_file(file, spec, question, head)
        suite = read_again(file, self.lab.suite)
        plan = question.plans.get(requirement)
        fresh = plan.replicas if plan and plan.replicas > 1 else FRESH
        again = replayed(suite, self.experiment, small.candidate, requirement, fresh)
        self.fresh += 1 + fresh
        put_trace(self.layout.trace(name, 0), again.traces, 0, "counterexample")
        told = self._told(aim, small, again) | {"id": name, "file": f"counterexamples/{file.name}"}
        told |= {"alike": alike, "violations": violations}
        told["sentence"] = sentence(spec, requirement, told["witness"], told["by"], told["held"])
        if self.confirm:
            self.tell(f"{name} over Modbus TCP")
            same, incidents = over_tcp(suite)
            told["tcp"] = {"identical": same, "incidents": list(incidents)}
        self.written.append(told)
        self._copy(file, spec)

    def _told(self, aim: Aim, small: Small, again: Replayed) -> dict[str, Any]:
        rows, name = again.rows, aim.requirement
        margin, spare = float(rows[f"{name}.margin"][0]), float(rows[f"{name}.time_margin"][0])
        amount = margin if aim.by != "time left" else spare
        by = f"{-amount:.3g} {aim.unit}" if aim.by != STATES and np.isfinite(amount) else ""
        judged = again.fresh - again.undecided
        question = self.experiment.question
        plan = question.plans.get(name)
        confidence = self.lab.suite.criteria.confidence
        return {
            "requirement": name, "plan": plan.replicas if plan else None,
            "violated": bool(rows[f"{name}.truth"][0] < 0), "identical": again.identical,
            "margin": amount if np.isfinite(amount) else None, "unit": aim.unit, "by": by,
            "witness": int(rows[f"{name}.witness"][0]), "held": str(rows["held"][0]),
            "peaks": {k.removeprefix("peak."): float(v[0]) for k, v in rows.items() if k.startswith("peak.")},
            "simulation": small.violation.place, "found": small.violation.margin,
            "duration": small.candidate.duration, "acts": list(small.key[2]),
            "fresh": {"n": again.fresh, "violated": again.violated, "undecided": again.undecided,
                      "at_least": lower_bound(again.violated, judged, confidence), "confidence": confidence},
        }  # fmt: skip

    def _free(self, question: str) -> str:
        """An id that no scenario of the suite has, and no file where copies go."""
        head = question if question.startswith("ADV-011") else f"ADV-011.{question}"
        taken = {*self.lab.suite.scenarios, *(one["id"] for one in self.written)}
        names = (f"{head}.{k}" for k in count(1))
        there = {path.name for path in self.into.glob("*.yaml")} if self.into else set()
        return next(name for name in names if name not in taken and _file_of(name) not in there)

    def _copy(self, file: Path, spec: Any) -> None:
        if self.into is None:
            return
        target = self.into / file.name
        if spec.plant.endswith(".yaml"):
            question = self.experiment.question
            put_file(target, spec, question, ("A counterexample found by plantproof falsify.",))
            return
        self.into.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)


def _file_of(name: str) -> str:
    """Name of the file of a scenario."""
    return f"{name.lower().replace('.', '_').replace('-', '_')}.yaml"
