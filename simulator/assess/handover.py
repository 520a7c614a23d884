"""A hand-over in five parts, measured on the record: detect, decide, switch, act, recover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.judge import Ruling
from simulator.assess.ladder import Held
from simulator.assess.statistics import upper_bound
from simulator.core.states import AUTO, BAD
from simulator.core.traces import Traces
from simulator.core.verdict import Verdict

Columns = dict[str, NDArray[Any]]
Flags = NDArray[np.bool_]
Ticks = NDArray[np.int64]
PARTS = ("detect", "decide", "switch", "act", "recover")
"""From the fault to its first sign, to a ground that takes the loop, to the change of mode, to the
fallback's command at the valve, to the plant in its operating envelope."""
RESPONSE = PARTS[:4]


@dataclass(frozen=True)
class Places:
    """Channels that tell of a hand-over.

    Attributes
    ----------
    mode : str
        Mode of a loop of the AI.
    signs : sequence of str
        Channels that say, by not being 0, that something is wrong; of `quality` that it is BAD.
    timely : str
        Channel that says so by being 0.
    grounds : sequence of str
        Channels that take the loop from the AI by not being 0.
    command, demand : str
        What the PLC orders the valve, and what has arrived there.
    resolution : float
        Of a word on the way between them [unit of both].
    envelope : mapping of str to (float, float)
        Operating envelope: lowest and highest value by channel.
    settled : int
        How long the plant must be in it to be back [ms].
    """

    mode: str
    signs: Sequence[str]
    timely: str
    grounds: Sequence[str]
    command: str
    demand: str
    resolution: float
    envelope: Mapping[str, tuple[float, float]]
    settled: int

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that must be recorded."""
        one = (self.mode, self.timely, self.command, self.demand, "ai_fault")
        return (*one, *self.signs, *self.grounds, *self.envelope)


def transfer(traces: Traces, places: Places) -> Columns:
    """Moments of the hand-over of each replica.

    Returns
    -------
    dict of str to ndarray, shape (n_replicas,)
        ``onset`` [s]; ``asked``, whether the AI had the loop then; the five `PARTS` [s], NaN where a part
        never came; ``left``, whether the plant left its operating envelope after the onset; ``back``,
        whether it is in it again, or still, by the end.
    """
    second = 1000.0 / traces.period
    fault = traces.samples("ai_fault") > 0
    onset = _first(fault, np.zeros(traces.n_replicas, np.int64))
    began = np.where(onset < 0, 0, onset)
    ai = traces.samples(places.mode) > AUTO
    asked = (onset > 0) & ai[np.maximum(began - 1, 0), np.arange(traces.n_replicas)]
    switch = _first(~ai, began)
    ground = _first(_any(traces, places.grounds), began)
    sign = _first(_edges(_signs(traces, places)), began)
    decide, detect = _earliest(ground, switch), _earliest(sign, ground, switch)
    apart = np.abs(traces.samples(places.demand) - traces.samples(places.command))
    act = np.where(switch < 0, -1, _first(apart <= places.resolution, np.maximum(switch, 0)))
    inside = _inside(traces, places)
    back = np.where(
        act < 0, -1, _first(_lasting(inside, places.settled // traces.period), np.maximum(act, 0))
    )
    moments = np.array([onset, detect, decide, switch, act, back], float)
    moments[moments < 0] = np.nan
    late = np.arange(len(inside))[:, None] >= began
    return {
        "onset": moments[0] / second,
        "asked": asked,
        **dict(zip(PARTS, np.diff(moments, axis=0) / second, strict=True)),
        "left": (~inside & late).any(axis=0),
        "back": inside[-1],
    }


def _first(flags: Flags, begins: Ticks) -> Ticks:
    """First tick at or after `begins` (n,) at which a flag (n_ticks, n) stands; -1: never."""
    found = flags & (np.arange(len(flags))[:, None] >= begins)
    return np.where(found.any(axis=0), found.argmax(axis=0), -1)


def _earliest(*moments: Ticks) -> Ticks:
    known = np.array([np.where(one < 0, np.iinfo(np.int64).max, one) for one in moments]).min(axis=0)
    return np.where(known == np.iinfo(np.int64).max, -1, known)


def _any(traces: Traces, names: Sequence[str]) -> Flags:
    return np.asarray(np.any([traces.samples(name) > 0 for name in names], axis=0))


def _signs(traces: Traces, places: Places) -> Flags:
    """Each sign on its own, shape (n_signs, n_ticks, n): one that stood before is none."""
    wrong = [
        traces.samples(name) == BAD if name.startswith("quality.") else traces.samples(name) > 0
        for name in places.signs
    ]
    return np.array([*wrong, traces.samples(places.timely) == 0])


def _edges(flags: Flags) -> Flags:
    rising = flags.copy()
    rising[:, 1:] &= ~flags[:, :-1]
    return np.asarray(rising.any(axis=0))


def _inside(traces: Traces, places: Places) -> Flags:
    within = [
        (low <= traces.samples(name)) & (traces.samples(name) <= high)
        for name, (low, high) in places.envelope.items()
    ]
    return np.asarray(np.all(within, axis=0))


def _lasting(flags: Flags, length: int) -> Flags:
    """Where a flag stands, and goes on standing for so many ticks; beyond the record it does not."""
    outside = np.concatenate([np.zeros((1, flags.shape[1]), np.int64), np.cumsum(~flags, axis=0)])
    found = np.zeros_like(flags)
    last = len(flags) - length
    if last > 0:
        found[:last] = outside[length : length + last] == outside[:last]
    return found


def response(rows: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    """From the fault to the fallback's command at the valve [s]; NaN where the AI kept the loop."""
    return np.asarray(np.sum([rows[part] for part in RESPONSE], axis=0), float)


def rule(rows: Mapping[str, NDArray[Any]], limit: float, planned: int, confidence: float) -> Ruling:
    """Rule on one failure mode.

    A replica counts when the AI had the loop. It fails when the fallback's command came later than
    `limit`, when a safety function was called upon or a limit lost, or when the plant is not back in its
    operating envelope; one in which the AI kept the loop fails only by the latter two.

    Parameters
    ----------
    rows : mapping of str to ndarray
        From `transfer`, with ``held`` of `measure`.
    limit : float
        Half of the process safety time [s].
    planned : int
        Replicas that must have counted.
    confidence : float
        Of the bound.
    """
    asked = np.asarray(rows["asked"], bool)
    took, held = response(rows), np.asarray(rows["held"]).astype(str)
    kept = np.isnan(took)
    late = ~kept & (took > limit)
    outer = np.isin(held, [str(Held.SIF), str(Held.UNSAFE)])
    away = np.where(kept, ~np.asarray(rows["back"], bool), np.isnan(rows["recover"]))
    unknown = asked & (held == str(Held.UNKNOWN))
    counted = asked & ~unknown
    failed = counted & (late | outer | away)
    n, bad = int(counted.sum()), int(failed.sum())
    over = int((counted & ~kept).sum())
    told = [
        f"{int((counted & one).sum())} {what}"
        for one, what in (
            (late, f"later than {limit:.3g} s"),
            (late & ~np.asarray(rows["left"], bool), "of these with the plant in its operating envelope"),
            (outer, "called upon a safety function"),
            (away, "not back in the operating envelope"), (kept, "in which the AI kept the loop"),
        )
        if (counted & one).any()
    ]  # fmt: skip
    verdict = (
        Verdict.FAIL if bad
        else Verdict.INCONCLUSIVE if unknown.any() or n < planned or not over
        else Verdict.PASS
    )  # fmt: skip
    why = "; ".join(told) or f"{over} hand-overs, all in time"
    shown = np.where(counted, np.nan_to_num(took, nan=-1.0), -1.0)
    worst = int(np.argmax(shown)) if len(shown) else -1
    return Ruling(
        verdict, n=n, planned=planned, failed=bad, undecided=int(unknown.sum()),
        bound=upper_bound(bad, n, confidence), latency=float(shown[worst]) if over else None,
        replica=worst if over else -1, why=why,
    )  # fmt: skip
