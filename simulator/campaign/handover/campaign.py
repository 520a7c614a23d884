"""``plantproof handover``: the folder of a proof, from its plan to its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.handover import PARTS, response, rule
from simulator.assess.measure import Columns
from simulator.campaign.adequacy import adequacy
from simulator.campaign.folder import begin, digests_of, end
from simulator.campaign.handover.allowed import allowed
from simulator.campaign.handover.drive import Drive
from simulator.campaign.handover.drives import drives
from simulator.campaign.handover.modes import Failure, failures
from simulator.campaign.handover.override import Pressed
from simulator.campaign.handover.states import state_table
from simulator.campaign.handover.transfer import (
    Grid,
    Transfer,
    carrier,
    experiment,
    grid,
    hyperperiod,
    kept,
)
from simulator.campaign.lab import Lab, Request
from simulator.core.errors import InputError, Problem
from simulator.core.verdict import Exit, Verdict, exit_code
from simulator.record.layout import Layout
from simulator.record.writer import put, put_rows
from simulator.scenario.resolved import ResolvedPlant, ResolvedScenario, ResolvedSuite
from simulator.scenario.written import written

KIND = "handover"
SHARE = 0.5
"""Of the process safety time: when the fallback's command must be at the valve."""
Progress = Callable[[str, int, int], None]
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Options:
    """How to prove.

    Attributes
    ----------
    results : Path
        Folder of all results.
    workers : int
        Processes.
    replicas : int
        Of every degree of a failure; their onsets go round the phases of the clocks.
    drives : int
        Replicas of every way into a state.
    """

    results: Path
    workers: int
    replicas: int
    drives: int = 2


@dataclass(frozen=True)
class Case:
    """A failure of one variant, and where it is put."""

    question: ResolvedScenario
    failure: Failure
    at: Grid
    experiment: Transfer
    points: Reals


def handover(suite: ResolvedSuite, options: Options, progress: Progress) -> tuple[Layout, dict[str, Any]]:
    """Prove the hand-over of every variant of the suite's own plant that its questions ask.

    Returns
    -------
    Layout, dict
        The folder and its ``handover.json``.

    Raises
    ------
    InputError
        When no question of the suite has an AI, or the plant has no operating envelope.
    WorkerLost
        When a worker process dies.
    """
    questions = variants(suite)
    plan = {"seed": suite.spec.seed, "replicas": options.replicas, "drives": options.drives, "share": SHARE}
    told = {"plan": plan | {"variants": [q.variant for q in questions]}, "workers": options.workers}
    layout = begin(suite, options.results, digests_of(suite), told, KIND)
    with Lab(suite, options.workers, block=max(options.replicas * 20, 1)) as lab:
        failed = _transfers(lab, layout, questions, options, progress)
        states = _overrides(lab, layout, questions, options, progress)
    found = {
        "replicas": options.replicas, "confidence": suite.criteria.confidence, "share": SHARE,
        "parts": list(PARTS), "times": times(suite.plant, questions[0]), "failures": failed,
        "override": states,
    }  # fmt: skip
    end(
        layout,
        KIND,
        found,
        {"failures": len(failed), "drives": sum(one["drives"] for one in states.values())},
    )
    return layout, found


def variants(suite: ResolvedSuite) -> list[ResolvedScenario]:
    """A question of each variant of the suite's plant.

    Raises
    ------
    InputError
        When there is none, or nothing says where the plant belongs.
    """
    found = [carrier(suite, suite.spec.plant, name) for name in suite.plant.spec.ai]
    questions = [one for one in found if one is not None]
    if not questions:
        wanted = f"a question in which an AI of '{suite.spec.plant}' acts"
        raise InputError(Problem("none", wanted, str(suite.file)))
    if not suite.plant.spec.operating_envelope:
        wanted = "the key 'operating_envelope': without it nobody can say that the plant is back"
        raise InputError(Problem("nothing", wanted, str(suite.plant.file)))
    return questions


def times(plant: ResolvedPlant, question: ResolvedScenario) -> dict[str, Any]:
    """The process safety time of what an AI can cause: events by the final elements of its loops.

    Where the plant file names no such event the shortest of all counts.
    """
    spec = plant.spec
    moved = {spec.final_elements[spec.loops[loop].op].drives for loop in question.ai.loops}
    lines: dict[str, tuple[float, bool]] = {}
    for study in adequacy(spec, plant.physics.owner(**plant.parameters)):
        events = spec.safety_limits[study["limit"]].initiating_events
        lines |= {
            f"{study['limit']} {line['id']}": (line["pst"], events[line["id"]].input in moved)
            for line in study["events"]
            if line["pst"] is not None
        }
    own = {name: pst for name, (pst, mine) in lines.items() if mine} or {
        n: pst for n, (pst, _) in lines.items()
    }
    event = min(own, key=own.__getitem__) if own else ""
    shortest = min((pst for pst, _ in lines.values()), default=None)
    return {
        "event": event,
        "pst": own.get(event),
        "limit": SHARE * own[event] if own else None,
        "shortest": shortest,
    }


def _cases(lab: Lab, questions: list[ResolvedScenario], options: Options) -> Iterator[Case]:
    for question in questions:
        plant, ai = question.plant.spec, question.ai
        for failure in failures(plant, ai, ai.cycle or plant.scan.ai):
            at = grid(question, failure, options.replicas)
            yield Case(question, failure, at, *experiment(lab.shop, question, failure, at))


def _transfers(
    lab: Lab, layout: Layout, questions: list[ResolvedScenario], options: Options, progress: Progress
) -> list[dict[str, Any]]:
    cases = list(_cases(lab, questions, options))
    found = lab.map([Request(one.experiment, one.points, one.at.noise) for one in cases])
    limit = times(lab.suite.plant, questions[0])["limit"]
    told = []
    for k, (case, rows) in enumerate(zip(cases, found, strict=True)):
        progress(f"{case.question.variant}: {case.failure.name}", k + 1, len(cases))
        put_rows(layout.rows(case.experiment.space.spec.id, KIND, 0), kept(rows, case.at))
        told.append(_judged(lab.suite, layout, case, rows, limit))
    return told


def _judged(
    suite: ResolvedSuite, layout: Layout, case: Case, rows: Columns, limit: float | None
) -> dict[str, Any]:
    ruling = rule(rows, limit or 0.0, _least(suite), suite.criteria.confidence)
    if limit is None:
        verdict, why = (
            Verdict.INCONCLUSIVE,
            "no initiating event of the plant reaches a limit: no time to hold",
        )
    else:
        verdict, why = ruling.verdict, ruling.why
    head = {
        "variant": case.question.variant, "failure": case.failure.name, "text": case.failure.text,
        "verdict": str(verdict), "n": ruling.n, "failed": ruling.failed, "bound": ruling.bound, "why": why,
        "phases": hyperperiod(case.question) // case.question.plant.spec.scan.base,
        "left_envelope": int(np.sum(rows["left"] & rows["asked"])),
    }  # fmt: skip
    return head | {"worst": _worst(layout, case, rows, ruling.replica), "degrees": list(_degrees(case, rows))}


def _least(suite: ResolvedSuite) -> int:
    """Replicas that the most demanding plan of the criteria for a class A code wants."""
    plans = {
        suite.criteria.plans[code.plan].replicas
        for code in suite.criteria.codes.values()
        if code.grade == "A"
    }
    return max(plans, default=1)


def _worst(layout: Layout, case: Case, rows: Columns, k: int) -> dict[str, Any] | None:
    """The slowest hand-over, and the file that repeats it; None where there was none."""
    if k < 0:
        return None
    space = case.experiment.space
    spec = space.at(case.points[k], space.spec.id, space.spec.question, int(rows["noise"][k]))
    file = layout.root / "worst" / f"{space.spec.id}.yaml"
    put(file, written(spec, ("The slowest hand-over of this failure; noise of its replica.",)).encode())
    onset, cycle = float(case.at.onset[k]), hyperperiod(case.question)
    return {
        "parts": {part: _number(rows[part][k]) for part in PARTS},
        "response": _number(response(rows)[k]),
        "onset": onset / 1000.0,
        "phase": onset % cycle,
        "degree": float(case.at.degree[k]),
        "held": str(rows["held"][k]),
        "replica": int(rows["noise"][k]),
        "file": file.relative_to(layout.root).as_posix(),
    }


def _degrees(case: Case, rows: Columns) -> Iterator[dict[str, Any]]:
    """By degree: hand-overs, and the slowest."""
    took, asked = response(rows), np.asarray(rows["asked"], bool)
    for degree in case.failure.degrees:
        here = (case.at.degree == degree) & asked
        known = took[here & np.isfinite(took)]
        yield {
            "degree": float(degree),
            "unit": case.failure.unit,
            "n": int(here.sum()),
            "handed_over": len(known),
            "slowest": float(known.max()) if len(known) else None,
        }


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _overrides(
    lab: Lab, layout: Layout, questions: list[ResolvedScenario], options: Options, progress: Progress
) -> dict[str, Any]:
    ways: list[tuple[ResolvedScenario, Drive]] = [(q, drive) for q in questions for drive in drives(q)]
    points, noise = np.zeros((options.drives, 0)), np.arange(options.drives)
    asked = [Request(Pressed(lab.shop, q.id, drive=drive), points, noise) for q, drive in ways]
    by: dict[str, list[Columns]] = {q.variant: [] for q in questions}
    for k, ((question, drive), rows) in enumerate(zip(ways, lab.map(asked), strict=True)):
        progress(f"override, {question.variant}: {drive.name}", k + 1, len(ways))
        named = np.full(len(rows["press"]), drive.name)
        by[question.variant].append({"drive": named} | rows)
    for variant, found in by.items():
        whole = {name: np.concatenate([one[name] for one in found]) for name in found[0]}
        put_rows(layout.rows(f"OVERRIDE.{variant}", KIND, 0), whole)
    of = {q.variant: q for q in questions}
    return {
        v: state_table(of[v], found, allowed(lab.shop, of[v])) | {"drives": len(found)}
        for v, found in by.items()
    }


def exit_of(found: dict[str, Any]) -> Exit:
    """Exit code of a proof."""
    verdicts = [one["verdict"] for one in (*found["failures"], *found["override"].values())]
    return exit_code(map(Verdict, verdicts))
