"""Rules on requirements over a history: what broke is FAIL, what has gaps is never PASS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.assess.stl import Formula, evaluate
from simulator.assess.stl.mistake import FormulaError
from simulator.assess.stl.parse import parse
from simulator.campaign.shadow.grid import stretches
from simulator.campaign.shadow.known import silence
from simulator.campaign.shadow.play import Stretch
from simulator.campaign.shadow.setup import Setup
from simulator.core.traces import ArrayTraces, Signal
from simulator.core.verdict import Verdict
from simulator.scenario.schema.requirements import Requirement

_NEEDS_RUN = {
    "compare": "a comparison needs the same day twice, with and without the AI: only a run has that",
    "design_check": "a check of the design: see the suite's verdicts",
}


@dataclass(frozen=True)
class Ruling:
    """Verdict on one requirement, why, and where: `at` [ms] from the first stamp, the worst moment."""

    id: str
    text: str
    verdict: Verdict
    why: str = ""
    margin: float | None = None
    unit: str = ""
    at: int | None = None


def rule(
    setup: Setup,
    played: Sequence[Stretch],
    requirements: Mapping[str, Requirement],
    mapped: Mapping[str, str],
) -> list[Ruling]:
    """Rule on every requirement.

    Parameters
    ----------
    setup : Setup
        Plant and past.
    played : sequence of Stretch
        What came of each unbroken stretch, in order.
    requirements : mapping of str to Requirement
        What is asked.
    mapped : mapping of str to str
        Recorded tag by ``true.<quantity>``.
    """
    return [_rule(setup, played, name, one, mapped) for name, one in requirements.items()]


def _rule(
    setup: Setup, played: Sequence[Stretch], name: str, asked: Requirement, mapped: Mapping[str, str]
) -> Ruling:
    def nothing(why: str) -> Ruling:
        return Ruling(name, asked.text, Verdict.NOT_ASSESSED, why)

    if asked.formula is None:
        return nothing(_NEEDS_RUN["compare" if asked.compare else "design_check"])
    formula = _read(asked.formula, setup)
    if isinstance(formula, str):
        return nothing(formula)
    traces = [_mapped(one.traces, mapped, setup.signals) for one in played]
    lacking = sorted(formula.signals - traces[0].signals.keys())
    if lacking:
        return nothing("; ".join(silence(one) for one in lacking))
    try:
        found = list(_judged(formula, traces, played))
    except FormulaError as error:
        return nothing(f"at a scan of {setup.grid.period} ms the formula cannot be asked: {error}")
    ruling = _verdict(name, asked, formula, found, setup)
    told = [f"{true} is what {tag} measured" for true, tag in mapped.items() if true in formula.signals]
    return Ruling(**vars(ruling) | {"why": "; ".join(part for part in (ruling.why, *told) if part)})


def _read(text: str, setup: Setup) -> Formula | str:
    try:
        return parse(text, setup.signals)
    except FormulaError as error:
        if "threat." in text:
            return silence("threat")
        return f"it cannot be read on this plant: {error}"


def _mapped(traces: ArrayTraces, mapped: Mapping[str, str], signals: Mapping[str, Signal]) -> ArrayTraces:
    extra = {true: traces.data[tag] for true, tag in mapped.items()}
    about = dict(traces.signals) | {true: signals[true] for true in extra}
    return ArrayTraces(traces.period, about, dict(traces.data) | extra, traces.complete)


@dataclass(frozen=True)
class _Piece:
    """One piece in which every signal of a formula is known."""

    first: int
    end: int
    truth: int
    margin: float
    witness: int
    exercised: bool


def _judged(formula: Formula, traces: Sequence[ArrayTraces], played: Sequence[Stretch]) -> Iterator[_Piece]:
    for one, stretch in zip(traces, played, strict=True):
        sound = np.logical_and.reduce([np.isfinite(one.data[name][:, 0]) for name in formula.signals])
        for a, b in stretches(sound):
            data = {name: one.data[name][a:b] for name in formula.signals}
            piece = ArrayTraces(one.period, {n: one.signals[n] for n in data}, data, np.ones(1, np.bool_))
            found = evaluate(formula, piece)
            at = stretch.first + a
            seen = (
                int(found.truth[0]),
                float(found.margin[0]),
                int(found.witness[0]),
                bool(found.exercised[0]),
            )
            yield _Piece(at, stretch.first + b, *seen)


def _verdict(name: str, asked: Requirement, formula: Formula, found: list[_Piece], setup: Setup) -> Ruling:
    """FAIL where a piece fails; PASS only when one piece is the whole record and holds."""
    head: dict[str, Any] = {"id": name, "text": asked.text, "unit": formula.margin_unit}
    failed = [piece for piece in found if piece.truth < 0]
    if asked.information:
        told = "violated" if failed else "not violated"
        return Ruling(verdict=Verdict.NOT_ASSESSED, why=f"for information: {told}", **head)
    worst = min(failed or found, key=lambda piece: _size(piece.margin), default=None)
    if worst and np.isfinite(worst.margin):
        head |= {"margin": worst.margin}
    if worst and worst.witness >= 0:
        head |= {"at": (worst.first + worst.witness) * setup.grid.period}
    if failed:
        why = f"violated in {len(failed)} of {len(found)} unbroken stretches"
        return Ruling(verdict=Verdict.FAIL, why=why, **head)
    shown = sum(piece.end - piece.first for piece in found)
    if shown < setup.grid.n_ticks:
        held = sum(piece.truth > 0 for piece in found)
        share = 100.0 * (1.0 - shown / setup.grid.n_ticks)
        why = f"unknown in {share:.3g} % of the time; it held in {held} of {len(found)} unbroken stretches"
        return Ruling(verdict=Verdict.INCONCLUSIVE, why=why, **head)
    if any(piece.truth == 0 for piece in found):
        return Ruling(verdict=Verdict.INCONCLUSIVE, why="undecided where the record ends", **head)
    exercised = any(piece.exercised for piece in found)
    if formula.has_implication and not exercised and asked.if_unexercised is None:
        return Ruling(verdict=Verdict.NOT_ASSESSED, why="its condition never occurred", **head)
    return Ruling(verdict=Verdict.PASS, **head)


def _size(margin: float) -> float:
    return margin if np.isfinite(margin) else np.inf
