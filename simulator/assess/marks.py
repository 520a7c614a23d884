"""What figures and matrices tell of each replica beside its verdicts: moments, sizes, and the fan.

Moments are seconds from the start of the record; NaN stands for never, and for what is not recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.ladder import Limit
from simulator.core.states import AUTO, BAD, MAN, TRIPPED
from simulator.core.traces import Recorded, Traces

Columns = dict[str, NDArray[Any]]
Flags = NDArray[np.bool_]
Reals = NDArray[np.float64]
Ticks = NDArray[np.int64]

FAN = tuple(float(np.sign(k)) * (k / 44.0) ** 2 for k in range(-8, 45))
"""Edges of the fan's stretches about the onset, in durations: fine at first, coarse later."""
HEARD = 2.0
"""An order that has had no effect after this time [s] was refused."""


def marks(traces: Traces, limits: Mapping[str, Limit], loop: str) -> Columns:
    """Columns of a block.

    Parameters
    ----------
    traces : Traces
        The block's record.
    limits : mapping of str to Limit
        Safety limits by id.
    loop : str
        A loop of the AI.

    Returns
    -------
    dict of str to ndarray, shape (n_replicas,)
        ``at.onset`` of the first threat or fault, ``at.fault`` of the AI's, and at or after the
        former ``at.bad`` (an input marked), ``at.hold`` (an output refused), ``at.shed``,
        ``at.alarm``, ``at.trip.<sif>`` [s];
        ``fallback`` from the AI's fault, else the onset, to the shed [s]; ``shed.reason``;
        ``alarms``, the most in 10 minutes; ``bump.<valve>``, its largest, and ``.reason``;
        ``rearm.orders``, ``rearm.refused``, ``rearm.reason`` of the first refused; ``rearm.effect`` and
        ``override.effect`` from the order to the mode [s]; ``beyond.<limit>``, the time beyond its
        point of no return [s]; ``fan.<limit>.<k>``, the value nearest to the limit in each stretch
        about the onset.
    """
    book = _Book(traces)
    moments = sheds(traces, loop)
    onset, shed = moments["at.onset"], moments["at.shed"]
    begins = np.where(np.isnan(onset), 0.0, onset)
    mode = book.samples(f"mode.{loop}")
    columns: Columns = {
        "at.onset": onset,
        "at.fault": moments["at.fault"],
        "at.bad": book.first(book.named("quality."), begins, BAD),
        "at.hold": book.first(book.named("reason.output_guard"), begins),
        "at.shed": shed,
        "at.alarm": book.first(book.named("alarm."), begins, rising=True),
        **{f"at.trip.{s[4:]}": book.first([s], begins, TRIPPED) for s in book.named("sif.")},
        "fallback": moments["fallback"],
        "shed.reason": book.at("reason.mode", shed),
        "alarms": _most(book.samples("alarms.in_10_min")),
    }
    for name in book.named("bump."):
        columns |= book.bump(name)
    columns |= book.orders("rearm", mode > AUTO) | book.orders("override", mode == MAN)
    for name, limit in limits.items():
        fan = _fan(book.samples(limit.signal), limit.below, begins, traces.period)
        columns[f"beyond.{name}"] = _beyond(book.samples(limit.signal), limit, traces.period)
        columns |= {f"fan.{name}.{k:02d}": np.round(values, 3) for k, values in enumerate(fan)}
    return columns


def sheds(traces: Traces, loop: str) -> Columns:
    """When the AI failed and when it lost the loop: ``at.onset``, ``at.fault``, ``at.shed``, ``fallback``.

    As of `marks`; what is searched needs no more of it.
    """
    book = _Book(traces)
    fault, onset = book.first(["ai_fault"]), book.first(["ai_fault", *book.named("threat.")])
    begins = np.where(np.isnan(onset), 0.0, onset)
    mode = book.samples(f"mode.{loop}")
    lost = (mode <= AUTO) & _before(mode > AUTO)
    shed = book.moment(lost, np.where(np.isnan(fault), begins, fault))
    fallback = shed - np.where(np.isnan(fault), onset, fault)
    return {"at.onset": onset, "at.fault": fault, "at.shed": shed, "fallback": fallback}


class _Book:
    """A block's record, asked for moments."""

    def __init__(self, traces: Traces) -> None:
        self.traces, self.n, self.second = traces, traces.n_replicas, 1000.0 / traces.period

    def named(self, beginning: str) -> list[str]:
        return sorted(name for name in self.traces.signals if name.startswith(beginning))

    def samples(self, name: str) -> Recorded:
        """Samples of a channel; no rows when it is not recorded."""
        if name in self.traces.signals:
            return self.traces.samples(name)
        return np.zeros((0, self.n), np.float32)

    def moment(self, flags: Flags, begins: Reals) -> Reals:
        """First tick at or after `begins` at which a flag stands [s]."""
        if not len(flags):
            return np.full(self.n, np.nan)
        late = np.arange(len(flags))[:, None] >= np.round(begins * self.second)
        found = flags & late
        return np.where(found.any(axis=0), found.argmax(axis=0) / self.second, np.nan)

    def first(
        self, names: Iterable[str], begins: Any = 0.0, state: int | None = None, rising: bool = False
    ) -> Reals:
        """First moment at which any of the channels is in a state, or is anything but 0 [s]."""
        found = np.full(self.n, np.nan)
        for name in names:
            samples = np.nan_to_num(self.samples(name))
            flags = samples == state if state is not None else samples != 0
            moment = self.moment(_edges(flags) if rising else flags, np.broadcast_to(begins, self.n))
            found = np.fmin(found, moment)
        return found

    def at(self, name: str, moments: Reals) -> Reals:
        """Samples of a channel at one moment of each replica."""
        samples = self.samples(name)
        known = ~np.isnan(moments) & (len(samples) > 0)
        ticks = np.where(known, np.round(np.nan_to_num(moments) * self.second), 0).astype(int)
        picked = samples[ticks, np.arange(self.n)] if len(samples) else np.full(self.n, np.nan)
        return np.where(known, picked, np.nan)

    def bump(self, name: str) -> Columns:
        """The largest bump of a valve, and the mode's reason in that scan."""
        samples = self.samples(name)
        if not len(samples):
            return {name: np.full(self.n, np.nan), f"{name}.reason": np.full(self.n, np.nan)}
        size = samples.max(axis=0).astype(float)
        when = np.where(size > 0, samples.argmax(axis=0) / self.second, np.nan)
        return {name: size, f"{name}.reason": self.at("reason.mode", when)}

    def orders(self, action: str, wanted: Flags) -> Columns:
        """What came of an operator's orders for a mode that was not there yet."""
        pulses = self.samples(f"operator.{action}")
        keys = ("orders", "refused", "effect", "reason") if action == "rearm" else ("effect",)
        found = {key: np.full(self.n, np.nan) for key in keys}
        if len(pulses) and len(wanted):
            asked = _edges(pulses > 0) & ~_before(wanted)
            for i in range(self.n):
                told = self._answered(np.flatnonzero(asked[:, i]), wanted[:, i], i)
                for key in keys:
                    found[key][i] = told[key]
        return {f"{action}.{key}": values for key, values in found.items()}

    def _answered(self, ticks: Ticks, wanted: Flags, i: int) -> dict[str, float]:
        waits = [self._wait(int(k), wanted) for k in ticks]
        refused = [int(k) for k, wait in zip(ticks, waits, strict=True) if np.isnan(wait)]
        reasons = self.samples("reason.mode")
        why = float(reasons[refused[0], i]) if refused and len(reasons) else np.nan
        granted = [wait for wait in waits if not np.isnan(wait)]
        effect = granted[0] if granted else np.nan
        return {"orders": len(ticks), "refused": len(refused), "effect": effect, "reason": why}

    def _wait(self, tick: int, wanted: Flags) -> float:
        heard = np.flatnonzero(wanted[tick : tick + int(HEARD * self.second) + 1])
        return float(heard[0]) / self.second if len(heard) else np.nan


def _before(flags: Flags) -> Flags:
    """Flags as they were a tick ago; the first tick as it is."""
    return np.concatenate([flags[:1], flags[:-1]])


def _edges(flags: Flags) -> Flags:
    """Where a flag rises; what stands at the first tick has not risen."""
    return flags & ~_before(flags)


def _most(samples: Recorded) -> Reals:
    return np.asarray(samples.max(axis=0), float) if len(samples) else np.full(samples.shape[1], np.nan)


def _beyond(samples: Recorded, limit: Limit, period: int) -> Reals:
    """Time at or beyond the point of no return; NaN where none is named, or a sample is missing."""
    if limit.no_return is None or not len(samples):
        return np.full(samples.shape[1], np.nan)
    past = samples >= limit.no_return if limit.below else samples <= limit.no_return
    return np.where(np.isfinite(samples).all(axis=0), past.sum(axis=0) * period / 1000.0, np.nan)


def _fan(samples: Recorded, below: bool, begins: Reals, period: int) -> Iterable[Reals]:
    """Value nearest to the limit in each stretch; NaN where a stretch is not wholly recorded."""
    length = len(samples)
    zero = np.round(begins * 1000.0 / period).astype(int)
    found = np.full((len(FAN) - 1, samples.shape[1]), np.nan)
    for k, (left, right) in enumerate(pairwise(FAN)):
        for i, start in enumerate(zero):
            a, b = start + round(left * length), start + round(right * length)
            if a >= 0 and b <= length and a < b:
                found[k, i] = samples[a:b, i].max() if below else samples[a:b, i].min()
    return found
