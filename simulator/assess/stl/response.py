"""Was the requirement put to the test, and how soon did the answer come?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.assess.stl.evaluate import Evaluation
from simulator.assess.stl.tree import Always, Eventually, Implies, Proposition, Until, Window, parts
from simulator.assess.stl.wave import Bool, Float, Truth


def exercised(evaluation: Evaluation, root: Proposition) -> Bool:
    """Whether some left side was true at a tick at which its implication counts.

    Returns
    -------
    ndarray of bool, shape (n_replicas,)
        True for a formula without an implication.
    """
    asked = [
        (evaluation.wave(node.left).truth[:, first : last + 1] > 0).any(axis=1)
        for node, first, last in _implications(evaluation, root, 0, 0)
    ]
    everywhere = np.ones(evaluation.block.complete.shape, np.bool_)
    return np.logical_or.reduce(asked) if asked else everywhere


def _implications(
    evaluation: Evaluation, node: Proposition, first: int, last: int
) -> Iterator[tuple[Implies, int, int]]:
    """Every implication with the first and last tick at which the root looks at it."""
    if isinstance(node, Implies):
        yield node, first, last
    if isinstance(node, Always | Eventually):
        begin, end = evaluation.ticks(node.window)
        first, last = first + begin, last + end
    if isinstance(node, Until):
        last += evaluation.ticks(node.window)[1]
    for part in parts(node):
        yield from _implications(evaluation, part, first, last)


@dataclass(frozen=True)
class Response:
    """``always (cause -> eventually[...] effect)``."""

    cause: Proposition
    answer: Eventually
    window: Window
    over: Window | None


def response(root: Proposition) -> Response | None:
    """The formula as a demand for a timely answer, or None when it is something else."""
    if not isinstance(root, Always) or not isinstance(root.of, Implies):
        return None
    answer = root.of.right
    if not isinstance(answer, Eventually) or answer.window is None:
        return None
    return Response(root.of.left, answer, answer.window, root.window)


def worst_latency(evaluation: Evaluation, demand: Response) -> Float:
    """Longest time from the cause becoming true to the first effect in the window or after.

    Returns
    -------
    ndarray of float64, shape (n_replicas,)
        Latency [ms]; inf where the window passed and the effect never came within the record,
        NaN where the cause never became true, or where nothing was late and an answer is
        still open.
    """
    first, last = evaluation.ticks(demand.window)
    replica, tick = np.nonzero(_becomes(evaluation, demand))
    came = _next_true(evaluation.wave(demand.answer.of).truth)
    ahead = np.minimum(tick + first, evaluation.n_ticks)
    wait = np.where(came[replica, ahead] < evaluation.n_ticks, came[replica, ahead] - tick, np.inf)
    outcome = evaluation.wave(demand.answer).truth[replica, tick]
    worst = np.full(came.shape[0], -np.inf)
    np.maximum.at(worst, replica, np.where(outcome == 0, -np.inf, wait))
    still_open = np.bincount(replica, outcome == 0, minlength=worst.size) > 0
    unknown = np.isneginf(worst) | (still_open & (worst <= last))
    return np.where(unknown, np.nan, worst * evaluation.block.period)


def _becomes(evaluation: Evaluation, demand: Response) -> Bool:
    """Ticks, within reach of the outer operator, at which the cause is true and was not before."""
    first, last = evaluation.ticks(demand.over)
    cause = evaluation.wave(demand.cause).truth > 0
    cause[:, :first] = False
    cause[:, last + 1 :] = False
    cause[:, 1:] &= ~cause[:, :-1]
    return cause


def _next_true(truth: Truth) -> Float:
    """Tick of the next true sample from each tick on, one column past the end; n_ticks if none."""
    n_ticks = truth.shape[1]
    place = np.where(truth > 0, np.arange(n_ticks, dtype=np.float64), n_ticks)
    soonest = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
    return np.pad(soonest, ((0, 0), (0, 1)), constant_values=n_ticks)
