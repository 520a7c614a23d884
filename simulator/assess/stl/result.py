"""What the traces say of a formula, replica by replica."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from simulator.assess.stl.block import Block, blocks
from simulator.assess.stl.evaluate import Evaluation
from simulator.assess.stl.formula import Formula
from simulator.assess.stl.response import exercised, response, worst_latency
from simulator.assess.stl.start import Start, Ticks, at_start
from simulator.assess.stl.wave import Bool, Float, Truth
from simulator.core.traces import Traces
from simulator.core.verdict import Verdict

_SECOND = 1000


@dataclass(frozen=True)
class Result:
    """One formula judged on many replicas; every array has shape (n_replicas,).

    Attributes
    ----------
    truth : ndarray of int8
        +1 satisfied, 0 undecided, -1 violated.
    margin : ndarray of float64
        Robustness [``Formula.margin_unit``], positive when satisfied, at least this large when
        violated; plus or minus inf when only states decided; NaN when undecided, and when the
        formula compares quantities of several units.
    witness : ndarray of int64
        Tick of the worst moment: where the margin is attained, or where states are violated
        first; -1 when undecided, or satisfied with an infinite margin.
    exercised : ndarray of bool
        Whether the left side of some implication was true; True without an implication.
    time_margin : ndarray of float64
        For ``always (L -> eventually[a:b] R)``: `b` minus the latency [s]; -inf when the answer
        never came; otherwise NaN. Never positive or zero for a violated replica.
    latency : ndarray of float64
        For the same form: longest time from L becoming true to R [s]; inf when it never came;
        NaN when undecided, unexercised, or of another form.
    """

    truth: Truth
    margin: Float
    witness: Ticks
    exercised: Bool
    time_margin: Float
    latency: Float

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """A verdict a replica; satisfied without having been exercised is NOT ASSESSED."""
        passed = (Verdict.NOT_ASSESSED, Verdict.PASS)
        return tuple(
            passed[int(tested)] if truth > 0 else Verdict.FAIL if truth < 0 else Verdict.INCONCLUSIVE
            for truth, tested in zip(self.truth, self.exercised, strict=True)
        )


def evaluate(formula: Formula, traces: Traces) -> Result:
    """Judge a formula at the start of every replica's record.

    Parameters
    ----------
    formula : Formula
        From `parse`.
    traces : Traces
        A record with the formula's signals, in the units and states it was read with.

    Returns
    -------
    Result
        Arrays of shape (n_replicas,).

    Raises
    ------
    FormulaError
        When a window is no multiple of the sampling period, or the signals do not match.
    ValueError
        When the signals of the record differ in shape.

    Notes
    -----
    From the first sample on at which any signal of the formula is not finite, nothing of that
    replica is known: a violation before it stays a violation, one after it is no evidence.
    An incomplete record never satisfies a formula.
    """
    formula.check(traces.period, traces.signals)
    judged = [_judge(formula, block) for block in blocks(formula, traces)]
    return _joined(judged) if judged else _undecided(formula, traces.complete)


def _judge(formula: Formula, block: Block) -> Result:
    if block.known.shape[1] == 0:
        return _undecided(formula, block.complete)
    evaluation = Evaluation(block, formula.has_margin)
    start = at_start(evaluation, formula.root)
    truth = np.where(~block.complete & (start.truth > 0), 0, start.truth).astype(np.int8)
    margin = _margin(start, truth)
    witness = np.where((truth == 0) | np.isposinf(margin), -1, start.tick)
    if len(formula.units) > 1:
        margin = np.full(margin.shape, np.nan)
    spare, latency = _timing(formula, evaluation, truth)
    return Result(truth, margin, witness, exercised(evaluation, formula.root), spare, latency)


def _margin(start: Start, truth: Truth) -> Float:
    """The bound that is certain: the lower one of a satisfied formula, else the upper one."""
    margin = np.where(truth > 0, start.low, start.high) + 0.0
    return np.where(truth == 0, np.nan, margin)


def _timing(formula: Formula, evaluation: Evaluation, truth: Truth) -> tuple[Float, Float]:
    """Time margin and latency [s]; a violation for another reason leaves no time margin."""
    nothing = np.full(truth.shape, np.nan)
    demand = response(formula.root)
    if demand is None:
        return nothing, nothing
    latency = np.where(truth == 0, np.nan, worst_latency(evaluation, demand))
    spare = float(demand.window.last) - latency
    spare = np.where((truth < 0) & (spare >= 0), np.nan, spare)
    return spare / _SECOND, latency / _SECOND


def _undecided(formula: Formula, complete: Bool) -> Result:
    """Nothing was recorded."""
    truth, nothing = np.zeros(complete.shape, np.int8), np.full(complete.shape, np.nan)
    tested = np.full(complete.shape, not formula.has_implication)
    return Result(truth, nothing, truth.astype(np.int64) - 1, tested, nothing, nothing)


def _joined(judged: Sequence[Result]) -> Result:
    arrays = {
        field.name: np.concatenate([getattr(part, field.name) for part in judged]) for field in fields(Result)
    }
    return Result(**arrays)
