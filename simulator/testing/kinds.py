"""What every kind of threat must do, whoever wrote it: a conformance check to run on a table of kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core import mlp
from simulator.core.mlp import Net, forward
from simulator.threats import TAPS, Kind
from simulator.threats.known import Inputs, Known, unwatched
from simulator.threats.strike import FOREVER, Strike, StrikeWires

PERIOD = 200
SCANS = 40
ONSET, END = 2000, 6000
ROWS, N = 4, 3
STRUCK = (1, 2)
ODD = (-0.0, float("inf"), float("-inf"), float("nan"), 5e-324, 1e308)
_STATES = frozenset({"operator", "runtime", "guard"})
_MEMORY = frozenset({"config"})

Reals = NDArray[np.float64]


def complaints(kind: Kind) -> Iterator[str]:
    """What a kind does that it must not do, or leaves undone; nothing when it conforms.

    Parameters
    ----------
    kind : Kind
        An entry of a table of kinds.
    """
    declared = list(_undeclared(kind))
    yield from declared
    if declared:
        return
    for tap in kind.taps:
        yield from (f"at {tap}: {text}" for text in _misdeeds(kind, tap))


def _undeclared(kind: Kind) -> Iterator[str]:
    if not kind.taps or set(kind.taps) - set(TAPS):
        yield "acts on no tap, or on one that the path does not have"
    if set(kind.trial) != set(kind.parameters):
        yield "no trial value for each parameter"
    if set(kind.null) - set(kind.parameters):
        yield "a null form of parameters that it does not have"
    if {kind.tells, kind.grows} - set(kind.parameters) - {""}:
        yield "tells a parameter that it does not have"
    for values in (kind.trial, {} if kind.at_centre else kind.null):
        for name, value in values.items():
            if name in kind.parameters and kind.parameters[name].complaint(value):
                yield f"{name}: {value} is out of its own bounds"


def _misdeeds(kind: Kind, tap: str) -> Iterator[str]:
    sent = _sent(tap)
    active = run(kind, tap, kind.trial, sent)
    null = run(kind, tap, {**kind.trial, **kind.null}, sent, ONSET if kind.null else FOREVER)
    if null.after.tobytes() != sent.tobytes():
        yield "its null form changes the signal"
    if active.after[:, STRUCK].tobytes() == sent[:, STRUCK].tobytes():
        yield "its active form changes nothing"
    if not _same(active.after[: ONSET // PERIOD], sent[: ONSET // PERIOD]):
        yield "it acts before its onset"
    acting = np.array([ONSET <= k * PERIOD < END for k in range(len(sent))])
    if (active.truth[~acting] != 0).any() or not (active.truth[acting] != 0).any():
        yield "its truth does not follow its activity"
    if not _same(run(kind, tap, kind.trial, sent[..., 1:2], first=1).after, active.after[..., 1:2]):
        yield "a replica alone is not that replica of the block"
    if not _same(run(kind, tap, kind.trial, sent).after, active.after):
        yield "the same run twice is not the same"
    if tap not in _STATES:
        yield from _odd(kind, tap)
    if kind.knows:
        yield from _bounds(kind, active.after, sent)


def _bounds(kind: Kind, after: Reals, sent: Reals) -> Iterator[str]:
    """One that knows the AI leaves no input further off than its budget, and pushes the answer its way."""
    inputs, share = stand_in().inputs, 0.01 * kind.trial["budget"]
    moved = (after - sent)[:, inputs.rows]
    if (np.abs(moved) > share * inputs.span[:, None] * (1 + 1e-9)).any():
        yield "it moves an input by more than its budget"
    acting = slice(ONSET // PERIOD, END // PERIOD)
    gained = _answers(after)[acting] - _answers(sent)[acting]
    if not (kind.trial["towards"] * gained).mean() > 0:
        yield "it does not push the answer to its side"


def _answers(carried: Reals) -> Reals:
    """What the stand-in answers to a course (n_scans, n_rows, n) of what the line carries."""
    known = stand_in()
    shown = (carried[:, known.inputs.rows] - known.inputs.centre[:, None]) / known.inputs.scale[:, None]
    older = np.concatenate([shown[:1], shown[:-1]])
    rows = np.concatenate([shown, older], axis=1).transpose(0, 2, 1)
    answers = known.ask(rows.reshape(-1, rows.shape[2]).astype(np.float32))
    return answers.astype(float).reshape(rows.shape[:2])


@cache
def stand_in() -> Known:
    """An AI of four inputs and two cycles for kinds that know one: eight units, one answer."""
    drawn = np.random.Generator(np.random.Philox(key=6)).normal(0.0, 0.3, 2 * ROWS * 8 + 8)
    sizes, units = np.array([2 * ROWS, 8, 1]), np.array([mlp.TANH, mlp.LINEAR])
    net = Net(sizes, drawn, np.zeros(9), units, np.zeros((2, 2)))

    def ask(features: Any) -> Any:
        values, slopes = np.zeros(sizes.sum()), np.zeros(sizes.sum())
        answers = np.empty((len(features), 1), np.float32)
        for k, row in enumerate(features):
            values[: 2 * ROWS] = row
            answers[k, 0] = forward(net, values, slopes)
        return answers

    inputs = Inputs(np.arange(ROWS), np.full(ROWS, 50.0), np.full(ROWS, 5.0), np.full(ROWS, 100.0))
    return Known(inputs, 2, PERIOD, ask, net, unwatched(ROWS))


def _odd(kind: Kind, tap: str) -> Iterator[str]:
    for value in ODD:
        sent = np.full((SCANS, ROWS, N), value)
        with np.errstate(all="ignore"):
            null = run(kind, tap, {**kind.trial, **kind.null}, sent, ONSET if kind.null else FOREVER)
            run(kind, tap, kind.trial, sent)
        if null.after.tobytes() != sent.tobytes():
            yield f"its null form changes {value}"


class Run:
    """Signal behind the tap (n_scans, n_rows, n) and the truth told (n_scans, n)."""

    def __init__(self, after: Reals, truth: Reals) -> None:
        self.after, self.truth = after, truth


def run(
    kind: Kind, tap: str, values: Mapping[str, float], sent: Any, onset: int = ONSET, first: int = 0
) -> Run:
    """A signal sent past a tap with one threat of a kind.

    Parameters
    ----------
    kind : Kind
        The kind.
    tap : str
        Memory (`config`) is struck where it stands; every other tap carries its signal on.
    values : mapping of str to float
        Parameters of the threat.
    sent : ndarray, shape (n_scans, n_rows, n)
        The signal.
    onset : int
        When it begins [ms].
    first : int
        Number of the first replica.
    """
    n = sent.shape[2]
    layer = struck(kind, values, n, onset, first)
    state = layer.initial(n)
    before, after = sent[0].copy(), sent[0].copy()
    truth, fault = np.zeros(n), np.zeros(n, np.int8)
    wires = StrikeWires(before, after, truth, fault)
    shown, told = [], []
    for k, one in enumerate(sent):
        before[:] = one
        if tap not in _MEMORY:
            spared = [row for row in range(ROWS) if row not in STRUCK]
            after[spared] = before[spared]
        layer.step(state, wires, wires, k * PERIOD)
        shown.append(after.copy())
        told.append(truth.copy())
    return Run(np.array(shown), np.array(told))


def struck(kind: Kind, values: Mapping[str, float], n: int, onset: int, first: int) -> Strike:
    """A threat of a kind with these parameters, as a layer."""
    given = {name: np.full(n, float(value)) for name, value in values.items()}
    numbers = [given[name] for name in kind.parameters if name != "probability"]
    if kind.at_centre:
        numbers += [np.full(n, 50.0)] * len(STRUCK)
    parameters = np.array(numbers).reshape(-1, n)
    return Strike(
        kind.rule, STRUCK, np.full(n, onset, np.int64), np.full(n, END, np.int64), parameters,
        given.get(kind.tells, np.ones(n)), False, PERIOD, looks_back=kind.looks_back,
        depth=kind.depth(parameters, PERIOD) if kind.depth else 1, chance=given.get("probability"),
        growth=given.get(kind.grows), keys=(11, 12, 13), replicas=np.arange(first, first + n),
        known=stand_in() if kind.knows else None,
    )  # fmt: skip


def _sent(tap: str) -> Any:
    """A signal that changes at every scan, but for a memory, which stands, and keys, pressed at times."""
    drawn = np.random.Generator(np.random.Philox(key=5)).normal(50.0, 5.0, (SCANS, ROWS, N))
    if tap in _STATES:
        return (drawn > 52.0).astype(np.int8)
    return np.repeat(drawn[:1], SCANS, axis=0) if tap in _MEMORY else drawn


def _same(one: Any, other: Any) -> bool:
    return np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(other).tobytes()
